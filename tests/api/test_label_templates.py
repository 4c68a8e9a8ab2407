"""Label templates of users: looked at while they are written, kept in versions, proved before they print, taken back."""

import json
from importlib.resources import files

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from labels.template import templates
from server.masterdata.sites import site_id_of
from server.printing.queue import NewLabel, print_label, put_printer

PASSWORD = "a long sentence 7"
GOOD = (files("labels") / "example.toml").read_text(encoding="utf-8")
HEAD = 'name = "lpn"\nwidth = 60\nheight = 40\n[fields.code]\nrequired = true\nsample = "LPN1"\n'
LPN = HEAD + '[[element]]\nkind = "qr"\nx = 2\ny = 2\nwidth = 30\nheight = 30\nmodule = 1.0\ndata = "{{code}}"\n'
"""Takes the place of our own label of an LPN."""
UNREAD = LPN + '[[element]]\nkind = "box"\nx = 1\ny = 1\nwidth = 32\nheight = 32\nfilled = true\n'
"""Its code lies under a black box."""


@pytest.fixture
def shop(house):
    return opened(house)


@pytest.fixture
def one_shop(one_house):
    """On SQLite only: for what the database has no part in."""
    return opened(one_house)


def opened(house):
    house.app.database.write(lambda tx: put_printer(tx, "zebra", house.site_id, "socket://127.0.0.1:9"))
    house.signed_in = {}
    return house


def ask(shop, method, path, body=None, role="admin"):
    if role not in shop.signed_in:
        shop.signed_in[role] = shop.headers(role)
    return shop.web.open(f"/api/v1/{path}", method=method, json=body, headers=shop.signed_in[role])


def add(shop, source):
    answer = ask(shop, "POST", "label-templates", {"source": source})
    assert answer.status_code == 201, answer.text
    return answer.json["name"], answer.json["version"]


def test_a_description_is_drawn_while_it_is_written_and_nothing_is_kept(shop):
    shown = ask(shop, "POST", "label-templates/preview", {"source": GOOD}).json
    assert (shown["name"], shown["width_mm"], shown["dpi"]) == ("pallet-de", 101.6, 203)
    assert "^XA" in shown["zpl"] and "LOT L2026-11" in shown["zpl"]
    other = ask(shop, "POST", "label-templates/preview", {"source": GOOD, "values": {"lot": "X9"}, "dpi": 600}).json
    assert "LOT X9" in other["zpl"] and "^PW2400" in other["zpl"]
    assert [one["live"] for one in ask(shop, "GET", "label-templates").json["items"]] == [None] * len(templates())


WRONG = [
    ({"source": "name = 1"}, "needs name as a text", "the template"), ({"source": GOOD.replace("LOT {{lot}}", "LOT {{lott}}")}, "there is no field 'lott'", "element 1"),
    ({"source": "=" * 10}, "is not TOML", "source"), ({"source": LPN.replace("[fields.code]", "[fields.colour]").replace("{{code}}", "{{colour}}")},
                                                      "replaces our own label of this name, which is never given colour", "colour"),
    ({"source": GOOD, "values": {"lot": "L" * 21}}, "has 21 characters, at most 20", "lot"), ({"source": GOOD, "values": {}}, "needs the field 'lot'", "lot"),
    ({"source": GOOD, "dpi": 152}, "Labels are drawn with 203, 300, 600", "dpi"),
]


def test_what_is_wrong_with_a_description_or_its_data_is_said_with_the_place(one_shop):
    for body, said, field in WRONG:
        answer = ask(one_shop, "POST", "label-templates/preview", body)
        assert (answer.status_code, answer.json["args"]["field"]) == (422, field), answer.text
        assert said in answer.json["detail"]


def test_a_version_is_a_draft_until_it_goes_live_and_the_one_before_is_retired(shop):
    assert [add(shop, LPN), add(shop, LPN.replace("width = 60", "width = 70"))] == [("lpn", 1), ("lpn", 2)]
    assert ask(shop, "POST", "label-templates/lpn/live", {"version": 1}).json == {"name": "lpn", "live": 1, "site": "", "codes": ["LPN1"]}
    assert ask(shop, "POST", "label-templates/lpn/live", {"version": 1}).status_code == 200
    assert ask(shop, "POST", "label-templates/lpn/live", {"version": 2}).json["live"] == 2
    told = ask(shop, "GET", "label-templates/lpn/versions").json["items"]
    assert [(one["version"], one["state"], one["created_by"]) for one in told] == [(1, "retired", "ADMIN"), (2, "live", "ADMIN")]
    assert ask(shop, "GET", "label-templates/lpn").json["width_mm"] == 70
    assert ask(shop, "GET", "label-templates/lpn/versions/1").json["source"] == LPN
    listed = {one["name"]: one for one in ask(shop, "GET", "label-templates").json["items"]}
    assert (listed["lpn"]["live"], listed["lpn"]["versions"], listed["lpn"]["is_ours"]) == (2, 2, True)


def test_a_version_whose_code_is_not_read_does_not_go_live(shop):
    add(shop, UNREAD)
    answer = ask(shop, "POST", "label-templates/lpn/live", {"version": 1})
    assert answer.status_code == 422
    assert "A scanner does not read the code LPN1" in answer.json["detail"]
    assert ask(shop, "GET", "label-templates/lpn").json["is_ours"] is True


def test_ours_prints_again_when_a_version_is_taken_back(shop):
    add(shop, LPN)
    ask(shop, "POST", "label-templates/lpn/live", {"version": 1})
    for _ in range(2):
        assert ask(shop, "DELETE", "label-templates/lpn/live").json == {"name": "lpn", "live": None, "site": ""}
    assert ask(shop, "GET", "label-templates/lpn").json["is_ours"] is True
    assert [one["state"] for one in ask(shop, "GET", "label-templates/lpn/versions").json["items"]] == ["retired"]


def test_ours_can_be_read_and_begun_from_while_a_version_of_the_users_prints(shop):
    before = ask(shop, "GET", "label-templates/lpn").json
    add(shop, LPN)
    ask(shop, "POST", "label-templates/lpn/live", {"version": 1})
    assert ask(shop, "GET", "label-templates/lpn").json["source"] == LPN
    ours = ask(shop, "GET", "label-templates/lpn?ours=true").json
    assert ours == {**before, "is_live": False}
    assert add(shop, ours["source"].replace('title = "LPN', 'title = "Our LPN')) == ("lpn", 2)
    assert ask(shop, "GET", "label-templates/shelf?ours=true").json["code"] == "no_template"
    ask(shop, "DELETE", "label-templates/lpn/live")
    assert ask(shop, "GET", "label-templates/lpn?ours=true").json == before


def test_what_is_wrong_is_told_by_its_key_for_other_languages(one_shop):
    answer = ask(one_shop, "POST", "label-templates/preview", {"source": GOOD.replace("LOT {{lot}}", "LOT {{lott}}")}).json
    assert answer["message"] == {"key": "label.unknown_field", "args": {
        "name": "'lott'", "names": "lot, gtin, expiry, quantity", "where": {"key": "label.where_element", "args": {"at": 1, "kind": "text"}}}}
    texts = ask(one_shop, "GET", "messages/zh-CN", role="supervisor").json
    assert texts[answer["message"]["key"]] == "{where}：没有字段 {name}。现有：{names}。"


def test_a_label_of_which_there_are_drafts_only_is_shown_and_not_printed(shop):
    add(shop, GOOD)
    told = ask(shop, "GET", "label-templates/pallet-de").json
    assert (told["is_ours"], told["is_live"], told["source"]) == (False, False, GOOD)
    answer = ask(shop, "POST", "printers/zebra/labels", {"template": "pallet-de", "values": {"lot": "X"}})
    assert (answer.status_code, answer.json["code"]) == (404, "no_template")


def test_every_label_of_ours_that_can_be_described_begins_as_one_that_is_kept(shop):
    begun = {name: ask(shop, "GET", f"label-templates/{name}").json["source"] for name in templates()}
    assert {name for name, source in begun.items() if source is None} == {"count_sheet", "packing_list"}
    for name, source in begun.items():
        if source is not None:
            assert add(shop, source) == (name, 1)


def test_a_label_of_ones_own_begins_with_the_example(one_shop):
    assert ask(one_shop, "GET", "label-example", role="supervisor").json == {"source": GOOD}
    assert ask(one_shop, "GET", "label-example", role="worker").status_code == 403


def test_a_label_is_printed_by_hand_with_its_values(shop):
    answer = ask(shop, "POST", "printers/zebra/labels", {"template": "location", "values": {"code": "W1-A-01-1"}, "copies": 3}, role="supervisor")
    assert answer.status_code == 201
    row = shop.app.database.read(lambda tx: tx.row(text("SELECT * FROM print_job")))
    assert (row.label, row.code, row.template, row.copies, json.loads(row.payload)) == ("location", "W1-A-01-1", "location", 3, {"code": "W1-A-01-1"})
    wrong = ask(shop, "POST", "printers/zebra/labels", {"template": "location", "values": {"code": "X" * 65}})
    assert (wrong.status_code, wrong.json["args"]["field"]) == (422, "code")
    assert ask(shop, "POST", "printers/zebra/labels", {"template": "location", "values": {}}).status_code == 422
    assert ask(shop, "POST", "printers/none/labels", {"template": "location", "values": {"code": "A"}}).status_code == 404
    assert ask(shop, "POST", "printers/zebra/labels", {"template": "nothing", "values": {"code": "A"}}).json["code"] == "no_template"


def test_why_a_label_is_not_printed_is_told_where_its_picture_would_be(one_shop):
    number = ask(one_shop, "POST", "printers/zebra/labels", {"template": "location", "values": {"code": "W1-A-01-1"}}).json["id"]
    one_shop.app.database.write(lambda tx: tx.execute(text("UPDATE print_job SET payload = '[1' WHERE id = :id"), {"id": number}))
    answer = ask(one_shop, "GET", f"print-jobs/{number}/payload")
    assert (answer.status_code, answer.json["message"]["key"]) == (409, "label.unforeseen")
    assert answer.json["message"]["args"]["why"].startswith("JSONDecodeError")


def test_nothing_that_a_template_says_is_carried_out(one_shop):
    for said in ("{{ ''.__class__ }}", "{% for x in y %}", "{{code.__init__}}", "${7*7}", "<%= 7*7 %>", "{{#each code}}", "{{> part}}"):
        source = HEAD + f'[[element]]\nkind = "text"\nx = 2\ny = 2\nwidth = 50\ntext = {json.dumps(said)}\n'
        answer = ask(one_shop, "POST", "label-templates/preview", {"source": source})
        assert answer.status_code == 422 if "{{" in said else "7*7" in answer.json["zpl"] or "for x" in answer.json["zpl"], (said, answer.text)


def test_a_name_that_could_be_a_path_is_none(one_shop):
    for name in ("../x", "/etc/passwd", "%2e%2e", "a\\u0000", "CON.", "Lpn", "a b", "x" * 41, ""):
        answer = ask(one_shop, "POST", "label-templates", {"source": LPN.replace('"lpn"', f'"{name}"')})
        assert (answer.status_code, "is no name for a template" in answer.json["detail"]) == (422, True), name


OTHER = LPN.replace("width = 60", "width = 70")


@pytest.fixture
def two_sites(house):
    """Two warehouses with a printer each, and an administrator of each besides the one of all."""
    shop = opened(house)
    shop.app.database.write(lambda tx: put_printer(tx, "godex", site_id_of(tx, "W2"), "socket://127.0.0.1:9"))
    assert ask(shop, "GET", "sessions/current").json["worker"]["all_sites"] is True
    shop.browsers = {}
    for site in ("W1", "W2", None):
        ask(shop, "PUT", f"workers/OF-{site}", {"name": "Ann", "role": "admin", "site": site, "pin": "739184", "password": PASSWORD})
    return shop


def local(shop, site, method, path, body=None):
    """In the browser of somebody who administers one warehouse, or all of them (None)."""
    if site not in shop.browsers:
        shop.browsers[site] = shop.app.web.test_client()
        assert shop.browsers[site].post("/api/v1/sessions", json={"badge": f"OF-{site}", "password": PASSWORD}).status_code == 200
    return shop.browsers[site].open(f"/api/v1/{path}", method=method, json=body, headers={"X-Aisle-CSRF": "1"})


def printed_by(shop, printer):
    """The version that a label asked for there is drawn by; None for ours."""
    asked = local(shop, None, "POST", f"printers/{printer}/labels", {"template": "lpn", "values": {"code": "L1"}}).json["id"]
    return shop.app.database.read(lambda tx: tx.scalar(text(
        "SELECT t.version FROM print_job j LEFT JOIN label_template t ON t.id = j.template_id WHERE j.id = :id"), id=asked))


def test_a_warehouses_own_version_goes_before_the_one_of_all_and_is_nobody_elses(two_sites):
    shop = two_sites
    assert [add(shop, LPN), add(shop, OTHER)] == [("lpn", 1), ("lpn", 2)]
    answer = local(shop, None, "POST", "label-templates/lpn/live", {"version": 2, "site": "W2"}).json
    assert (answer["site"], printed_by(shop, "zebra"), printed_by(shop, "godex")) == ("W2", None, 2)
    local(shop, None, "POST", "label-templates/lpn/live", {"version": 1})
    assert (printed_by(shop, "zebra"), printed_by(shop, "godex")) == (1, 2)
    shown = {site: local(shop, None, "GET", f"label-templates/lpn{site}").json for site in ("", "?site=W1", "?site=W2")}
    assert {site: (one["version"], one["width_mm"], one["is_live"]) for site, one in shown.items()} == {"": (1, 60, True), "?site=W1": (1, 60, True), "?site=W2": (2, 70, True)}
    assert "^PW559" in local(shop, None, "POST", "label-templates/lpn/preview", {"site": "W2"}).json["zpl"]
    listed = {one["name"]: one for one in local(shop, None, "GET", "label-templates").json["items"]}
    assert (listed["lpn"]["live"], listed["lpn"]["sites"], listed["item"]["sites"]) == (1, [{"site": "W2", "version": 2}], [])
    for _ in range(2):
        assert local(shop, None, "DELETE", "label-templates/lpn/live?site=W2").json == {"name": "lpn", "live": None, "site": "W2"}
    assert (printed_by(shop, "zebra"), printed_by(shop, "godex")) == (1, 1)
    assert local(shop, None, "POST", "label-templates/lpn/live", {"version": 1, "site": "W9"}).status_code == 404
    told = shop.app.database.read(lambda tx: tx.rows(text("SELECT action, detail FROM audit WHERE action LIKE 'label_template.%' ORDER BY id")))
    assert [one.action for one in told if '"W2"' in one.detail] == ["label_template.live", "label_template.taken_back"]


def test_what_is_sent_to_the_floor_is_drawn_by_the_warehouses_own_version(two_sites):
    shop = two_sites
    add(shop, LPN)
    local(shop, None, "POST", "label-templates/lpn/live", {"version": 1, "site": "W2"})
    sites = {site: shop.app.database.read(lambda tx, site=site: site_id_of(tx, site)) for site in ("W1", "W2")}
    for site, number in sites.items():
        shop.app.database.write(lambda tx, site=site, number=number: print_label(tx, number, NewLabel(label="lpn", code=f"L-{site}", values={"code": f"L-{site}"})))
    found = shop.app.database.read(lambda tx: tx.rows(text("SELECT code, template_id FROM print_job ORDER BY code")))
    assert [(row.code, row.template_id is None) for row in found] == [("L-W1", True), ("L-W2", False)]


def test_who_administers_one_warehouse_changes_its_labels_and_no_others(two_sites):
    shop = two_sites
    assert local(shop, "W2", "GET", "sessions/current").json["worker"]["all_sites"] is False
    assert local(shop, "W2", "POST", "label-templates", {"source": LPN}).json == {"name": "lpn", "version": 1, "state": "draft"}
    for body in ({"version": 1}, {"version": 1, "site": "W1"}):
        assert local(shop, "W2", "POST", "label-templates/lpn/live", body).status_code == 403
    assert local(shop, "W2", "POST", "label-templates/lpn/live", {"version": 1, "site": "W2"}).json["codes"] == ["LPN1"]
    for where in ("", "?site=W2"):
        assert local(shop, "W1", "DELETE", f"label-templates/lpn/live{where}").status_code == 403
    for method, path, body in (("GET", "label-templates/lpn?site=W2", None), ("POST", "label-templates/lpn/preview", {"site": "W2"})):
        assert local(shop, "W1", method, path, body).status_code == 403
    assert (printed_by(shop, "zebra"), printed_by(shop, "godex")) == (None, 1)
    seen = {site: {one["name"]: one["sites"] for one in local(shop, site, "GET", "label-templates").json["items"]}["lpn"] for site in ("W1", "W2")}
    assert seen == {"W1": [], "W2": [{"site": "W2", "version": 1}]}
    assert [local(shop, site, "GET", "label-templates/lpn").json["version"] for site in ("W1", "W2")] == [None, 1]
    assert local(shop, "W2", "DELETE", "label-templates/lpn/live?site=W2").status_code == 200


def test_a_warehouses_own_version_is_one_of_the_same_name(two_sites):
    add(two_sites, LPN)
    with pytest.raises(IntegrityError):
        two_sites.app.database.write(lambda tx: tx.execute(text(
            "INSERT INTO label_of_site (site_id, name, template_id, live_at) SELECT s.id, 'item', t.id, 1 FROM site s, label_template t WHERE s.code = 'W1'")))


def test_only_an_administrator_changes_labels(one_shop):
    for role in ("worker", "supervisor", "manager"):
        assert ask(one_shop, "POST", "label-templates", {"source": LPN}, role=role).status_code == 403
        assert ask(one_shop, "POST", "label-templates/preview", {"source": LPN}, role=role).status_code == 403
