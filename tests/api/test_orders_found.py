"""Orders are found by whatever somebody has in hand, newest first, and no search reads all orders."""

import re

import pytest
from sqlalchemy import text

from server.dashboard import orders_found
from server.kernel.statements import Prepared
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_outbound import pack_and_ship

HOME = {"name": "Zoë Ångström", "phone": "+49 170 123-4567", "country": "DE"}


class Orders:
    def __init__(self, house) -> None:
        self.house, self.headers = house, house.headers("integration")

    def make(self, ref, customer="Zoë Ångström", site="W1", channel="shop", hold="", item="SOAP", again=0, **ship_to):
        site_id = self.house.app.database.read(lambda tx: tx.scalar(text("SELECT id FROM site WHERE code = :c"), c=site))
        return self.house.app.database.write(lambda tx: accept_order(tx, NewOrder(
            channel=channel, channel_ref=ref, site_id=site_id, customer=customer, ship_to={**HOME, **ship_to}, hold=hold,
            lines=[NewOrderLine(item=item, quantity=2)] * (1 + again)))).number

    def ask(self, **query):
        answer = self.house.web.get("/api/v1/orders", query_string=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    def found(self, search, **query):
        return [one["number"] for one in self.ask(search=search, **query)["items"]]


@pytest.fixture
def orders(house):
    return Orders(house)


@pytest.mark.parametrize("typed", ["ORD-000002", "ord-000002", "2", " 2 ", "TB-77123", "tb-77", "李", "李小龙", "13800138000", "138 0013-8000", "1380013"])
def test_an_order_is_found_by_what_somebody_has_in_hand(orders, typed):
    orders.make("TB-66", phone="+49 30 99")
    wanted = orders.make("TB-77123", "李小龙", phone="138-0013-8000-1234")
    orders.make("JD-77123", phone="+49 30 98")
    assert orders.found(typed) == [wanted]


def test_letters_of_a_name_count_in_either_size_and_only_its_beginning_is_looked_for(orders):
    wanted = orders.make("1")
    orders.make("2", "Ann Lee")
    assert orders.found("zoë") == orders.found("ZOë Å") == [wanted]
    assert [orders.found(typed) for typed in ("ström", "%", "_", "zz", "' OR 1=1 --")] == [[]] * 5


def test_the_newest_come_first_and_those_of_an_item_are_all_there(orders):
    numbers = [orders.make(str(at)) for at in range(5)]
    assert orders.found("soap") == orders.found("SOAP") == numbers[::-1]


def test_a_page_goes_on_where_the_last_one_ended_though_orders_come_in_between(orders):
    numbers = [orders.make(str(at)) for at in range(5)]
    for query in ({"sort": "newest"}, {"search": "Zoë"}, {"search": "SOAP"}):
        first = orders.ask(limit=2, **query)
        more = orders.make(f"later-{query}")
        second = orders.ask(limit=2, cursor=first["next"], **query)
        seen = [one["number"] for page in (first, second) for one in page["items"]]
        assert seen == sorted(numbers, reverse=True)[:4]
        numbers.append(more)


def test_filters_leave_the_others_out_with_a_search_and_without(orders):
    plain = orders.make("1")
    held = orders.make("2", hold="unpaid")
    away = orders.make("3", site="W2")
    other = orders.make("4", channel="other")
    gone = orders.make("5")
    orders.house.web.post(f"/api/v1/orders/{gone}/cancel", json={"reason": "x"}, headers=orders.headers)
    for query in ({"sort": "newest"}, {"search": "zoë"}, {}):
        def numbers(query=query, **filters):
            return sorted(one["number"] for one in orders.ask(**query, **filters)["items"])

        assert numbers(state="cancelled") == [gone]
        assert numbers(state="cancelled", channel="other") == []
        assert numbers(hold="any") == numbers(hold="unpaid") == [held]
        assert numbers(hold="payment") == []
        assert numbers(site="W2") == [away]
        assert numbers(channel="other") == [other]
        assert numbers(state="accepted", site="W1", channel="shop") == [plain, held]


def test_a_person_of_one_warehouse_finds_only_its_orders(orders):
    orders.make("1")
    away = orders.make("2", site="W2")
    database = orders.house.app.database
    database.write(lambda tx: tx.execute(text("UPDATE device SET site_id = (SELECT id FROM site WHERE code = 'W2')")))
    orders.headers = orders.house.headers("supervisor")
    assert orders.found("zoë") == [one["number"] for one in orders.ask(sort="newest")["items"]] == [away]
    assert orders.house.web.get("/api/v1/orders?sort=newest&site=W1", headers=orders.headers).status_code == 403


def test_a_filter_of_few_is_looked_for_window_by_window_and_none_is_left_out(orders, monkeypatch):
    monkeypatch.setattr(orders_found, "WINDOW", 3)
    wanted = orders.make("0", channel="other")
    for at in range(1, 9):
        orders.make(str(at))
    pages, cursor = [], ""
    while cursor is not None:
        answer = orders.ask(sort="newest", channel="other", site="W1", cursor=cursor)
        pages.append([one["number"] for one in answer["items"]])
        cursor = answer["next"]
    assert pages == [[], [], [wanted]]


def test_an_item_that_everybody_orders_is_looked_for_window_by_window_too(orders, monkeypatch):
    monkeypatch.setattr(orders_found, "FOUND_MAX", 3)
    numbers = [orders.make(str(at), channel="other" if at == 0 else "shop") for at in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        answer = orders.ask(search="SOAP", channel="other", cursor=cursor)
        seen += [one["number"] for one in answer["items"]]
        cursor = answer["next"]
    assert seen == [numbers[0]]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_page_by_page_every_order_of_an_item_is_there_once_though_some_name_it_twice(orders, limit):
    numbers = [orders.make(str(at), again=at % 2) for at in range(5)]
    pages, cursor = [], ""
    while cursor is not None:
        told = orders.ask(search="SOAP", limit=limit, cursor=cursor)
        pages, cursor = [*pages, *(one["number"] for one in told["items"])], told["next"]
    assert pages == numbers[::-1]


def test_it_is_said_when_more_begin_so_than_were_looked_at(orders, monkeypatch):
    monkeypatch.setattr(orders_found, "FOUND_MAX", 3)
    for at in range(3):
        orders.make(str(at))
    assert orders.ask(search="zoë")["is_cut"] is False
    orders.make("4")
    assert orders.ask(search="zoë")["is_cut"] is True


@pytest.mark.parametrize("filters", [{}, {"channel": "shop"}])
def test_of_a_customer_by_the_whole_name_every_order_is_there_however_many_there_are(orders, monkeypatch, filters):
    monkeypatch.setattr(orders_found, "FOUND_MAX", 3)
    numbers = [orders.make(str(at), "Grosso GmbH") for at in range(8)]
    orders.make("other", "Grosso GmbH, Werk 2")
    seen, cursor = [], ""
    while cursor is not None:
        told = orders.ask(search="grosso gmbh", limit=3, cursor=cursor, **filters)
        seen, cursor = [*seen, *(one["number"] for one in told["items"])], told["next"]
        assert told["is_cut"] is False
    assert seen == ["ORD-000009", *numbers[::-1]]


@pytest.fixture
def house_of_goods(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    return house


def test_an_order_is_found_by_the_label_of_its_parcel(house_of_goods):
    house = house_of_goods
    number = house.order("S-1", ("SOAP", 1)).number
    house.order("S-2", ("SOAP", 1))
    house.database.write(lambda tx: tx.execute(text("UPDATE release SET on_hold = 1 WHERE order_number <> :n"), {"n": number}))
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    pack_and_ship(house, pda, "TOTE-5", [ITEMS["SOAP"]])
    sscc = house.one("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id")
    for typed in (sscc, f"(00){sscc}", f"(00) {sscc[:9]} {sscc[9:]}", f"00{sscc}"):
        found = house.database.read(lambda tx, typed=typed: orders_found.searched(tx, typed, 0, 10, {}))
        assert [row.number for row in found.rows] == [number], typed


def statements():
    for name in ("_NEWEST", "_OF_IDS", "_ON_SQLITE", "_ON_POSTGRES"):
        yield from ((f"{name} {key}", one) for key, one in getattr(orders_found, name).items())
    yield from ((name, getattr(orders_found, name)) for name in ("_NUMBERED", "_PARCEL", "_ITEM", "_OF_ITEM"))


GIVEN = {"before": 19_000, "floor": 0, "most": 101, "state": "accepted", "channel": "shop-7", "site_id": 1, "hold": "any", "ids": [5, 6, 7],
         "codes": ["ORD-000007"], "item_id": 1, "name": "CUSTOMER 77", "first": "CUSTOMER 77", "last": "CUSTOMER 77\U0010ffff"}
HOME_HERE = "THE_HOME"
FILL = (
    """WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
    INSERT INTO sales_order (number, channel, channel_ref, body_hash, site_id, customer, ship_to, phone, state, hold, created_at)
    SELECT 'ORD-' || n, 'shop-' || (n % 50), 'R' || n, '', (SELECT MIN(id) FROM site), 'Customer ' || n, THE_HOME, '+49' || n,
    CASE WHEN n % 97 = 0 THEN 'accepted' ELSE 'shipped' END, CASE WHEN n % 97 = 0 AND n % 5 = 0 THEN 'unpaid' ELSE '' END, n FROM numbers""",
    """INSERT INTO sales_order_line (order_id, number, item_id, owner_id, quantity) SELECT o.id, 1, (SELECT MIN(id) FROM item) + o.id % 3,
    (SELECT MIN(id) FROM party), 1 FROM sales_order o""")


def fill(tx):
    for statement in FILL:
        tx.execute(text(statement.replace(HOME_HERE, "'{}'" if tx.connection.dialect.name == "sqlite" else "CAST('{}' AS JSON)")))


def plan_of(connection, statement):
    """The database's own plan of a statement with these values."""
    prepared = Prepared(statement, connection.dialect)
    sql, values = prepared.ready(GIVEN)
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    return [row[0] for row in driver.execute(f"EXPLAIN {sql}", values).fetchall()]


def test_no_search_and_no_list_reads_all_orders(house_of_goods):
    database = house_of_goods.database
    database.write(fill)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("VACUUM ANALYZE")
        theirs = "_ON_POSTGRES" if database.is_sqlite else "_ON_SQLITE"
        plans = {name: plan_of(connection, one) for name, one in statements() if not name.startswith(theirs)}
        read = {name: plan for name, plan in plans.items() if any(re.search(r"SCAN (o|l|sales_\w+)\b|Seq Scan on sales_", step) for step in plan)}
        assert read == {}
        if database.is_sqlite:
            sorting = {name for name, plan in plans.items() if any("TEMP B-TREE" in step for step in plan)}
            assert sorting <= {name for name in plans if name.startswith("_OF_IDS")}
        assert [step for step in plan_of(connection, text("SELECT id FROM sales_order o WHERE carrier = :state")) if re.search(r"SCAN o|Seq Scan", step)]


@pytest.mark.parametrize(("filters", "index"), [({"state": 0}, "ix_sales_order_state"), ({"channel": 0}, "ix_sales_order_channel"), ({"hold": 0}, "ix_sales_order_held")])
def test_what_an_index_holds_by_itself_is_read_from_it(house_of_goods, filters, index):
    database = house_of_goods.database
    database.write(fill)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("VACUUM ANALYZE")
        assert index in " ".join(plan_of(connection, orders_found._NEWEST[tuple(filters)]))
