"""The rules over HTTP: checked as they are typed, kept, tried, put in force; refused in the language of who wrote them."""

import json

from sqlalchemy import text

from server.kernel.jobs import LongJobRunner
from server.reactions import LONG_JOBS

RULES = "any costs 4.50 plus 0.30 per 100 km\nprefer low cost 1\n"


def ask(house, method, path, role="integration", language="en", **body):
    """By somebody who sees all warehouses, unless said otherwise."""
    return house.web.open(f"/api/v1/sourcing/{path}", method=method, json=body or None, headers={**house.headers(role), "Accept-Language": language})


def audited(house, action):
    row = house.app.database.read(lambda tx: tx.row(text("SELECT actor, subject, detail FROM audit WHERE action = :a ORDER BY id DESC LIMIT 1"), a=action))
    return row.subject, json.loads(row.detail)


def test_rules_are_kept_put_in_force_and_audited(house):
    assert ask(house, "GET", "").json == {"rules": None, "waiting": 0, "sites": ["W1", "W2"]}
    number = ask(house, "POST", "rules", name="Cheap", body=RULES).json["id"]
    assert ask(house, "POST", f"rules/{number}/activate").json == {"id": number, "state": "active"}
    assert ask(house, "GET", "").json["rules"]["name"] == "Cheap" and ask(house, "GET", f"rules/{number}").json["body"] == RULES
    assert audited(house, "sourcing_rules.drafted")[1]["new"]["body"] == RULES and audited(house, "sourcing_rules.activated") == (
        str(number), {"old": {"rules": None}, "new": {"rules": number}})
    other = ask(house, "POST", "rules", name="Other", body="prefer nearest").json["id"]
    ask(house, "POST", f"rules/{other}/activate")
    assert [(one["name"], one["state"]) for one in ask(house, "GET", "rules").json["items"]] == [("Cheap", "retired"), ("Other", "active")]
    assert ask(house, "POST", "rules/999/activate").status_code == ask(house, "GET", "rules/999").status_code == 404


def test_what_cannot_be_read_is_told_with_its_place_in_both_languages(house):
    body = "prefer nearest\nprefer neerest soon\nonly from W9\n"
    english, chinese = (ask(house, "POST", "check", language=language, body=body).json["faults"] for language in ("en", "zh-CN"))
    assert [(one["line"], one["column"]) for one in english] == [(one["line"], one["column"]) for one in chinese] == [(2, 8)]
    assert english[0]["what"].startswith("“neerest” is not understood. Here could stand:") and chinese[0]["what"].startswith("看不懂“neerest”。这里可以写：")
    assert ask(house, "POST", "check", body="only from W9").json["faults"] == [{"line": 1, "column": 1, "what": "There is no warehouse W9."}]
    assert ask(house, "POST", "check", body=RULES).json == {"rules": 2, "faults": []}
    refused = ask(house, "POST", "rules", name="x", body=body)
    assert (refused.status_code, refused.json["errors"][0]["line"]) == (422, 2)


def test_a_trial_runs_behind_and_tells_how_far_it_is(house):
    house.web.post("/api/v1/orders", json={"site": "W1", "reference": "1", "lines": [{"item": "SOAP", "quantity": 1}]}, headers=house.headers("supervisor"))
    number = ask(house, "POST", "trials", body=RULES, days=7).json["id"]
    assert ask(house, "GET", f"trials/{number}").json["state"] == "waiting"
    LongJobRunner(house.app.database, LONG_JOBS).run_due()
    told = ask(house, "GET", f"trials/{number}").json
    assert (told["state"], told["done"], told["total"], told["result"]["orders"]) == ("done", 1, 1, 1)
    assert ask(house, "GET", "trials/999").status_code == 404 and ask(house, "POST", "trials", body="prefer", days=7).status_code == 422


def test_only_who_may_change_rules_changes_them(house):
    for path, body in (("rules", {"name": "x", "body": RULES}), ("trials", {"body": RULES, "days": 7}), ("together", {})):
        assert ask(house, "POST", path, role="supervisor", **body).status_code == 403
        refused = ask(house, "POST", path, role="manager", **body)
        assert (refused.status_code, refused.json["code"]) == (403, "one_warehouse_only")
    assert ask(house, "GET", "", role="manager").json["sites"] == ["W1"]
    assert ask(house, "POST", "together").json == {"waiting": 0} and ask(house, "GET", "", role="worker").status_code == 403
