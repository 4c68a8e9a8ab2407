"""What tills have told is looked through over HTTP: by site, till, receipt and what is the matter with it, each with its lines and what was booked."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from server.kernel.clock import HOUR
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.parties import own_stock
from server.masterdata.sites import account, location_by_code, site_id_of
from server.oms import sales_found
from server.oms.channels.plain import sign
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move

SECRET = "a secret of sixteen letters or more"


def ask(house, path, role="supervisor"):
    answer = house.web.get(f"/api/v1/{path}", headers=house.headers(role))
    assert answer.status_code == 200, answer.text
    return answer.json


def till(house, code="till", site="W1"):
    answer = house.web.post("/api/v1/channels", headers=house.headers("admin"), json={
        "code": code, "kind": "pos", "name": f"Till {code}", "site": site, "settings": {"secret": SECRET}})
    assert answer.status_code == 201, answer.text


def tell(house, *sales, code="till"):
    body, at = json.dumps({"sales": sales}).encode(), house.clock.now() // 1000
    answer = house.web.post(f"/api/v1/hooks/{code}", data=body, headers={
        "webhook-id": "m", "webhook-timestamp": str(at), "webhook-signature": sign(SECRET.encode(), "m", at, body), "content-type": "application/json"})
    assert answer.status_code == 200, answer.text


def sale(house, receipt, *lines, state="sold", at=None):
    return {"register": "1", "receipt": receipt, "sold_at": house.clock.now() if at is None else at, "state": state, "currency": "CNY", "total": 300,
            "lines": [{"item": item, "quantity": quantity, "price": 100} for item, quantity in lines]}


def receipts(house, query="", role="supervisor"):
    return [one["receipt"] for one in ask(house, f"sales{query}", role)["items"]]


@pytest.fixture
def store(house):
    """Ten pieces of soap on the shelf, and a till beside it."""
    till(house)
    house.app.database.write(lambda tx: move(tx, Move(GoodsKey(1, own_stock(tx)), 10, account(tx, house.site_id, "SUPPLIER"), location_by_code(tx, "W1-A-01-1"), "receiving")))
    return house


def test_sales_are_listed_the_last_first_with_what_is_the_matter_with_each(store):
    early = store.clock.now() - 3_600_000
    tell(store, sale(store, "A", ("SOAP", 2), ("SOAP", -1), at=early))
    tell(store, sale(store, "B", ("SOAP", 1), ("GIFT", 3)), sale(store, "C", ("SOAP", 20)), sale(store, "D", ("SOAP", 1), state="voided"))
    found = ask(store, "sales")["items"]
    assert [(one["register"], one["receipt"], one["state"], one["lines"], one["pieces"], one["unknown"], one["missing"]) for one in found] == [
        ("1", "D", "voided", 0, 0, 0, 0), ("1", "C", "sold", 1, 20, 0, 12), ("1", "B", "sold", 2, 4, 1, 0), ("1", "A", "sold", 2, 1, 0, 0)]
    assert {(one["site"], one["channel"], one["channel_name"], one["currency"], one["total"]) for one in found} == {("W1", "till", "Till till", "CNY", 300)}
    assert (found[-1]["sold_at"], found[-1]["taken_at"], found[-1]["voided_at"]) == (early, store.clock.now(), None) and found[0]["voided_at"] is not None
    assert [receipts(store, f"?only={only}") for only in ("voided", "unknown", "missing")] == [["D"], ["B"], ["C"]]


def test_a_sale_tells_its_lines_and_what_of_them_the_ledger_has(store):
    tell(store, sale(store, "A", ("SOAP", 12), ("GIFT", 1)))
    number = ask(store, "sales")["items"][0]["id"]
    told = ask(store, f"sales/{number}")
    assert [(one["name"], one["item"], one["item_name"], one["quantity"], one["units"], one["missing"], one["price"]) for one in told["items"]] == [
        ("SOAP", "SOAP", "Soap", 12, 12, 2, 100), ("GIFT", None, "", 1, 0, 0, 100)]
    assert [(one["item"], one["quantity"], one["from_code"], one["to_code"]) for one in told["moves"]] == [
        ("SOAP", 10, "W1-A-01-1", "W1~CUSTOMER"), ("SOAP", 2, "W1~VARIANCE", "W1~CUSTOMER")]
    tell(store, sale(store, "A", state="voided"))
    after = ask(store, f"sales/{number}")
    assert (after["state"], after["unknown"], len(after["moves"])) == ("voided", 0, 4), "of a voided sale nothing has to be named any more"
    assert {one["from_code"] for one in after["moves"][2:]} == {"W1~CUSTOMER"}


def test_a_receipt_is_found_by_its_register_and_number_at_every_till(store):
    till(store, "other")
    tell(store, sale(store, "A", ("SOAP", 1)), sale(store, "B", ("SOAP", 1)))
    tell(store, sale(store, "A", ("SOAP", 2)), code="other")
    assert [(one["channel"], one["receipt"]) for one in ask(store, "sales?search=1/A")["items"]] == [("other", "A"), ("till", "A")]
    assert [one["channel"] for one in ask(store, "sales?search=1/A&channel=till")["items"]] == ["till"]
    assert receipts(store, "?search=2/A") == receipts(store, "?search=1/A&only=voided") == []


def test_pages_follow_each_other_whatever_is_told_meanwhile(store, monkeypatch):
    tell(store, *(sale(store, str(at), ("SOAP", 1), state="sold" if at % 3 else "voided") for at in range(10)))
    first = ask(store, "sales?limit=4")
    tell(store, sale(store, "later", ("SOAP", 1)))
    second = ask(store, f"sales?limit=4&cursor={first['next']}")
    third = ask(store, f"sales?limit=4&cursor={second['next']}")
    assert [one["receipt"] for page in (first, second, third) for one in page["items"]] == [str(at) for at in range(9, -1, -1)] and third["next"] is None
    monkeypatch.setattr(sales_found, "WINDOW", 3)
    found, cursor = list[str](), ""
    while cursor is not None:
        page = ask(store, f"sales?only=voided&cursor={cursor}")
        found += [one["receipt"] for one in page["items"]]
        cursor = page["next"]
    assert found == ["9", "6", "3", "0"], "a page that looked in vain says where the next one begins"


def test_sales_stand_in_the_sequence_in_which_they_were_sold_whenever_they_were_told(store):
    now = store.clock.now()
    tell(store, sale(store, "noon", ("SOAP", 1), at=now - 5 * HOUR), sale(store, "night", ("SOAP", 1), at=now - 12 * HOUR))
    tell(store, sale(store, "one", ("SOAP", 1), at=now - 4 * HOUR), sale(store, "ahead", ("SOAP", 1), at=now + 9 * HOUR))
    untold = sale(store, "untold", ("SOAP", 1))
    del untold["sold_at"]
    tell(store, untold)
    store.clock.advance(1)
    tell(store, sale(store, "morning", ("SOAP", 1), at=now - 9 * HOUR), sale(store, "now", ("SOAP", 1)))
    assert receipts(store) == ["now", "untold", "ahead", "one", "noon", "morning", "night"]
    found = ask(store, "sales")["items"]
    assert [one["sold_at"] for one in found[1:3]] == [now, now], "where the till says nothing, or says what cannot be, it is when it told"
    pages, cursor = list[str](), ""
    while cursor is not None:
        page = ask(store, f"sales?limit=2&cursor={cursor}")
        pages += [one["receipt"] for one in page["items"]]
        cursor = page["next"]
    assert pages == receipts(store)


def test_sales_of_days_are_those_of_the_shops_own_clock(house):
    house.app.database.write(lambda tx: put_location(tx, site_id_of(tx, "W2"), NewLocation(code="W2-A-01-1")))
    house.app.database.write(lambda tx: [tx.execute(text("UPDATE site SET timezone = :zone WHERE code = :code"), {"zone": zone, "code": code})
                                         for code, zone in (("W1", "Asia/Shanghai"), ("W2", "America/New_York"))])
    till(house)
    till(house, "there", site="W2")
    at = {hour: int(datetime(2026, 3, day, hour, 30, tzinfo=UTC).timestamp() * 1000) for day, hour in ((9, 15), (9, 16), (10, 3), (10, 4))}
    for code, name in (("till", "S"), ("there", "N")):  # 15:30 is 23:30 in Shanghai and 11:30 in New York, 03:30 is 11:30 and 23:30 on the 9th
        tell(house, *(sale(house, f"{name}{hour}", ("SOAP", 1), at=moment) for hour, moment in at.items()), code=code)
    by = {day: receipts(house, f"?from={day}&to={day}", "integration") for day in ("2026-03-09", "2026-03-10", "2026-03-11")}
    assert by == {"2026-03-09": ["N3", "N16", "N15", "S15"], "2026-03-10": ["N4", "S4", "S3", "S16"], "2026-03-11": []}
    assert receipts(house, "?from=2026-03-10&site=W1", "integration") == ["S4", "S3", "S16"]
    assert receipts(house, "?to=2026-03-09&site=W1", "integration") == ["S15"]
    assert receipts(house, "?to=2026-03-09&search=1/S16", "integration") == [] != receipts(house, "?to=2026-03-10&search=1/S16", "integration")
    assert house.web.get("/api/v1/sales?from=yesterday", headers=house.headers("integration")).status_code == 422
    assert house.web.get("/api/v1/sales?cursor=Nw", headers=house.headers("integration")).status_code == 422


def test_pages_of_one_till_among_many_say_where_the_next_begins(store, monkeypatch):
    till(store, "other")
    monkeypatch.setattr(sales_found, "WINDOW", 3)
    now = store.clock.now()
    for at in range(12):
        tell(store, sale(store, str(at), ("SOAP", 1), at=now - (at * 7 % 12) * HOUR), code="other" if at % 5 else "till")
    found, cursor, asked = list[str](), "", 0
    while cursor is not None:
        page = ask(store, f"sales?channel=till&cursor={cursor}")
        found, cursor, asked = [*found, *(one["receipt"] for one in page["items"])], page["next"], asked + 1
    assert (found, asked) == (["0", "10", "5"], 4)


def test_a_site_sees_its_own_sales_only_and_a_worker_none(house):
    house.app.database.write(lambda tx: put_location(tx, site_id_of(tx, "W2"), NewLocation(code="W2-A-01-1")))
    till(house)
    till(house, "there", site="W2")
    tell(house, sale(house, "HERE", ("SOAP", 1)))
    tell(house, sale(house, "THERE", ("SOAP", 1)), code="there")
    assert [receipts(house, query, "integration") for query in ("", "?site=W1", "?site=W2", "?channel=there", "?site=W1&channel=there")] == [["THERE", "HERE"], ["HERE"], ["THERE"], ["THERE"], []]
    assert receipts(house) == ["HERE"], "somebody at a handheld of W1"
    assert house.web.get("/api/v1/sales?site=W2", headers=house.headers("supervisor")).status_code == 403
    for path in ("sales", "sales/1"):
        assert house.web.get(f"/api/v1/{path}", headers=house.headers("worker")).status_code == 403
    assert house.web.get("/api/v1/sales/999", headers=house.headers("supervisor")).status_code == 404
