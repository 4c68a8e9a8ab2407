"""Returns are found by their own number, and by whatever their order is found by."""

from urllib.parse import quote

import pytest
from sqlalchemy import text

from server.dashboard import returns_found
from tests.api.shipped import shipped
from tests.api.test_rma_api import get, make

MERGED = text("UPDATE sales_order SET state = 'merged', merged_into = (SELECT id FROM sales_order WHERE number = :into) WHERE number = :number")


@pytest.fixture
def orders(house):
    """Two that have left, each with a return."""
    numbers = [house.app.database.write(lambda tx, ref=ref: shipped(tx, house.site_id, ref)) for ref in ("100045", "200046")]
    for one in numbers:
        make(house, one)
    return numbers


def found(house, typed, **more):
    told = get(house, f"rmas?search={quote(typed)}" + "".join(f"&{name}={value}" for name, value in more.items())).json
    return [one["number"] for one in told["items"]]


def test_they_are_found_by_their_own_number_and_their_orders_number_reference_name_phone_and_item(house, orders):
    phone, name = house.app.database.read(lambda tx: tx.row(text("SELECT phone, customer FROM sales_order ORDER BY id LIMIT 1")))
    both = ["RMA-000002", "RMA-000001"]
    for typed, wanted in (("rma-000002", ["RMA-000002"]), ("2", ["RMA-000002"]), (orders[0].lower(), ["RMA-000001"]), ("2000", ["RMA-000002"]), ("SOAP", both),
                          (phone, both), (name.lower(), both), ("nobody", []), ("%", []), ("RMA-9", [])):
        assert found(house, typed) == wanted, typed


def test_they_are_narrowed_by_state_and_go_on_in_pages(house, orders):
    assert found(house, "SOAP", state="settled") == []
    first = get(house, "rmas?search=SOAP&limit=1&sort=newest").json
    assert ([one["number"] for one in first["items"]], first["is_cut"]) == (["RMA-000002"], False)
    assert found(house, "SOAP", cursor=first["next"]) == ["RMA-000001"]


def test_what_left_with_another_order_is_found_by_its_own_reference(house, orders):
    number = house.app.database.write(lambda tx: shipped(tx, house.site_id, "300047", left=False))
    house.app.database.write(lambda tx: tx.execute(MERGED, {"number": number, "into": orders[0]}))
    assert found(house, "300047") == ["RMA-000001"]


def test_where_too_many_orders_begin_so_it_says_that_it_looked_at_some(house, orders, monkeypatch):
    monkeypatch.setattr(returns_found, "ORDERS_MOST", 1)
    told = get(house, "rmas?search=SOAP").json
    assert ([one["number"] for one in told["items"]], told["is_cut"]) == (["RMA-000002"], True)
