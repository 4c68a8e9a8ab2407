"""What sets a warehouse up over the API: warehouses, their settings, bins by a pattern, files, and how far one is."""

import pytest
from sqlalchemy import text


def ask(house, method, path, body=None, role="admin"):
    return house.web.open(f"/api/v1/{path}", method=method, json=body, headers=house.office(role))


@pytest.fixture
def house(house):
    """Its people sit in a browser: nothing binds them to one warehouse."""
    def office(role):
        web = house.app.web.test_client()
        web.post("/api/v1/sessions", json={"badge": role, "password": "correct horse battery"})
        cookie = web.get_cookie("aisle_session")
        return {"Cookie": f"aisle_session={cookie.value}", "X-Aisle-CSRF": "1"}

    house.office = office
    house.web = house.app.web.test_client(use_cookies=False)  # one that keeps cookies would send none of ours
    return house


def rows(house, query):
    return house.app.database.read(lambda tx: [tuple(row) for row in tx.rows(text(query))])


def test_a_warehouse_is_made_with_bins_places_a_printer_and_a_rule(house):
    made = ask(house, "POST", "sites", {"code": "w9", "name": "Ninth", "timezone": "Asia/Shanghai", "pattern": "W9-{A..B}-{01..03}-{1..2}"})
    assert (made.status_code, made.json) == (201, {"code": "W9", "locations": 12})
    kinds = "SELECT l.kind, COUNT(*) FROM location l JOIN site s ON s.id = l.site_id WHERE s.code = 'W9' AND l.kind <> 'account' GROUP BY l.kind ORDER BY l.kind"
    assert rows(house, kinds) == [("bin", 12), ("dock", 1), ("door", 1), ("pack", 1), ("stage", 1)]
    assert rows(house, "SELECT streaming FROM release_rule r JOIN site s ON s.id = r.site_id WHERE s.code = 'W9'") == [(1,)]
    assert [one["timezone"] for one in ask(house, "GET", "sites").json["items"] if one["code"] == "W9"] == ["Asia/Shanghai"]


@pytest.mark.parametrize(("body", "field"), [
    ({"code": "W 9", "name": "x"}, "code"), ({"code": "W1", "name": "x"}, "code"), ({"code": "W9", "name": "x", "timezone": "Mars/Olympus"}, "timezone")])
def test_what_no_warehouse_is_called_is_refused_beside_its_field_and_makes_nothing(house, body, field):
    answer = ask(house, "POST", "sites", body)
    assert (answer.status_code in (409, 422), answer.json["args"]["field"]) == (True, field)
    assert len(ask(house, "GET", "sites").json["items"]) == 2


def test_settings_are_told_as_they_are_taken_and_all_or_none_are_changed(house):
    told = ask(house, "PATCH", "sites/W1", {"settings": {"cutoffs": ["9:30", "16:00"], "pack_carton_g": 200, "group_separators": ["~", "<GS>"], "cross_aisles_mm": [0, 9000]}}).json
    assert (told["settings"]["cutoffs"], told["settings"]["group_separators"], told["settings"]["cross_aisles_mm"]) == (["09:30", "16:00"], ["~", "<GS>"], [0, 9000])
    assert ask(house, "PATCH", "sites/W1", {"settings": told["settings"]}).json == told
    refused = ask(house, "PATCH", "sites/W1", {"settings": {"pack_carton_g": 7, "cutoffs": ["25:00"]}})
    assert (refused.status_code, refused.json["args"]["field"]) == (422, "cutoffs")
    assert ask(house, "GET", "sites/W1").json == told


def test_a_preview_says_how_many_bins_a_pattern_makes_and_makes_none(house):
    body = {"site": "W1", "pattern": "W1-{A..B}-{01..03}-{1..4}", "aisle_spacing_mm": 4000, "rack_length_mm": 2000}
    told = ask(house, "POST", "locations/preview", body).json
    assert (told["count"], told["first"], told["last"], told["zones"], len(told["stacks"])) == (24, "W1-A-01-1", "W1-B-03-4", 2, 6)
    assert told["stacks"][-1] == {"x_mm": 4000, "y_mm": 5000, "levels": 4, "zone": "B", "rack": "03"}
    assert ask(house, "POST", "locations/preview", {"site": "W1", "pattern": "W1-{A..}"}).status_code == 422
    assert rows(house, "SELECT COUNT(*) FROM location WHERE code = 'W1-B-03-4'") == [(0,)]


ITEMS = "code,name,weight_g\nSOAP,Soap,9\nTEA,Tea,5\nBAD,Bad,x\nTEA,Tea,5\n"


def test_a_trial_says_what_each_line_would_do_and_leaves_nothing(house):
    told = ask(house, "POST", "imports/items", {"content": ITEMS, "first_line": 202, "trial": True}).json
    assert [(one["line"], one["code"], one["outcome"]) for one in told["lines"]] == [(202, "SOAP", "changed"), (203, "TEA", "made")]
    assert ([one["line"] for one in told["errors"]], told["same"], told["failed"]) == ([204], 1, 1)
    assert rows(house, "SELECT code, weight_g FROM item") == [("SOAP", 0)]
    assert ask(house, "POST", "imports/items", {"content": ITEMS}).json["made"] == 1
    assert rows(house, "SELECT code, weight_g FROM item ORDER BY code") == [("SOAP", 9), ("TEA", 5)]


def test_people_come_from_a_file_with_their_pins_and_go_out_without(house):
    told = ask(house, "POST", "imports/workers", {"content": "badge,name,language,pin\nbdg-7,李伟,zh-CN,640917\nBDG-8,Bea,fr,\nBDG-9,Cy,en,111111\n"}).json
    assert (told["made"], [one["line"] for one in told["errors"]]) == (1, [3, 4])
    device = house.headers("device")
    assert house.web.post("/api/v1/sessions", json={"badge": "BDG-7", "pin": "640917"}, headers=device).status_code == 200
    out = ask(house, "GET", "exports/workers").get_data(as_text=True)
    assert "BDG-7,李伟,worker,,zh-CN" in out and "640917" not in out
    again = ask(house, "POST", "imports/workers", {"content": out.removeprefix("\ufeff")}).json
    assert (again["made"], again["changed"], again["failed"]) == (0, 0, 0)


def test_lists_by_code_come_a_page_at_a_time(house):
    ask(house, "POST", "imports/items", {"content": "code,name\n" + "".join(f"I-{number},Thing\n" for number in (3, 1, 2))})
    first = ask(house, "GET", "items?sort=code&limit=2&search=i-").json
    rest = ask(house, "GET", f"items?sort=code&limit=2&search=i-&cursor={first['next']}").json
    assert ([one["code"] for one in first["items"] + rest["items"]], rest["next"]) == (["I-1", "I-2", "I-3"], None)
    assert [one["code"] for one in ask(house, "GET", "locations?sort=code&site=W1&search=a-01").json["items"]] == ["W1-A-01-1"]
    assert ask(house, "GET", "items?sort=code&cursor=_w").status_code == 422


def test_a_limit_of_a_bin_is_set_and_taken_away(house):
    for value in (2, None):
        ask(house, "PATCH", "locations/W1-A-01-1", {"max_lpns": value})
        assert rows(house, "SELECT max_lpns FROM location WHERE code = 'W1-A-01-1'") == [(value,)]


def test_how_far_one_is_is_told_by_what_there_is(house):
    before = ask(house, "GET", "guide").json
    assert (before["site"]["code"], before["bins"], before["labels_at"], before["items"], before["printer"]) == ("W1", 1, None, 1, None)
    sheet = ask(house, "GET", "location-labels/sheet?site=W1")
    assert (sheet.content_type, sheet.data[:4]) == ("application/pdf", b"%PDF")
    ask(house, "PUT", "printers/labels", {"site": "W1", "url": "socket://10.0.0.7:9100"})
    house.web.post("/api/v1/floor/read", json={"text": "W1-A-01-1"}, headers=house.headers("device"))
    after = ask(house, "GET", "guide").json
    assert (after["labels_at"] is not None, after["printer"]) == (True, {"name": "labels", "url": "socket://10.0.0.7:9100"})
    assert [(one["name"], one["last_scan"], one["scanned"]) for one in after["handhelds"]] == [("PDA 1", "W1-A-01-1", "location")]
    assert {name: one["scan"] for name, one in ask(house, "GET", "guide/practice").json.items()} == {"bin": "W1-A-01-1", "item": "09506000134352"}


def test_a_printer_may_be_at_a_port_that_was_found_and_at_no_other_file(house):
    house.app.database.write(lambda tx: tx.execute(text("INSERT INTO found_port (url, found_at) VALUES ('/dev/serial/by-id/usb-1', 0)")))
    answers = [ask(house, "PUT", "printers/new", {"site": "W1", "url": url}).status_code for url in ("/dev/serial/by-id/usb-1?baud=9600", "/dev/sda", "file:///tmp")]
    assert answers == [200, 422, 422]


def test_a_handheld_is_called_otherwise(house):
    number = ask(house, "GET", "devices").json["items"][0]["id"]
    assert ask(house, "PATCH", f"devices/{number}", {"name": "PDA 77"}).json == {"id": number, "name": "PDA 77"}
    assert (ask(house, "PATCH", "devices/999", {"name": "x"}).status_code, ask(house, "PATCH", f"devices/{number}", {"name": "\n"}).json["args"]["field"]) == (404, "name")
