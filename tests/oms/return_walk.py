"""Orders of the plain channel that have left, and returns of them: announced, scanned on the floor, looked at."""

from server.masterdata.locations import NewLocation, put_location
from server.masterdata.site_settings import set_site_settings
from server.oms.orders import order_by_number
from server.oms.returns import NewReturn, announce, return_by_number, return_lines
from server.wms.return_papers import put_papers
from tests.oms.conftest import document
from tests.warehouse import ITEMS
from tests.workflows.test_move import status


def send(shops, ref="1", lines=(("SOAP", 3),), **more):
    """An order that was shipped whole; its number."""
    shops.give(document(ref, lines=lines, **more))
    leave(shops)
    return shops.order(ref)["number"]


def leave(shops):
    """Picks, packs and loads all that waits, one order after the other."""
    house = shops.warehouse
    house.settle()
    house.wave()
    waiting = house.all("SELECT r.id FROM release r WHERE r.state NOT IN ('shipped', 'cancelled') ORDER BY r.id")
    for (release,) in waiting:
        items = [ITEMS[code] for code, in house.all("SELECT i.code FROM release_line n JOIN item i ON i.id = n.item_id WHERE n.release_id = :r ORDER BY n.number", r=release)]
        pda = house.pda()
        for scan in ("TOTE-5", *items, "TOTE-5", *items):
            pda.scan(scan)
            assert status(pda) == ("applied", "ok"), scan
        sscc = pda.results[-1]["data"]["sscc"]
        for scan in (f"(00){sscc}", "W1-DOOR", f"(00){sscc}", "CMD-DONE"):
            pda.scan(scan)
            assert status(pda) == ("applied", "ok"), scan
    house.settle()


def with_returns_area(shops, **settings):
    def work(tx):
        put_location(tx, shops.warehouse.site_id, NewLocation(code="W1-RETURNS", kind="returns"))
        set_site_settings(tx, shops.warehouse.site_id, **settings)

    shops.database.write(work)


def announced(shops, order, lines=((1, 2),), reason="changed_mind", **more):
    """A return as its route makes it, with its papers; its number."""
    def work(tx):
        number = announce(tx, NewReturn(order=order, lines=lines, reason=reason, **more))
        put_papers(tx, number, order, dict(lines))
        return number

    return shops.database.write(work)


def scan(shops, *codes, pda=None):
    """What a worker scans at the returns table, and all that follows."""
    pda = pda or shops.warehouse.pda()
    for code in codes:
        pda.scan(code)
        assert status(pda)[0] == "applied", code
    shops.warehouse.settle()
    return pda


def seen(shops, number):
    """A return's state, and of each line what was announced and what came by its grade."""
    def work(tx):
        rma = return_by_number(tx, number)
        lines = return_lines(tx, rma.id)
        return rma.state, rma.outcome, rma.amount, [(one.item, one.quantity, one.restocked, one.quarantined, one.scrapped) for one in lines]

    return shops.database.read(work)


def numbers(shops):
    return [row[0] for row in shops.warehouse.all("SELECT number FROM rma ORDER BY id")]


def notices(shops):
    return shops.warehouse.all("SELECT kind, state FROM channel_notice WHERE kind = 'refund' ORDER BY id")


def audited(shops, number):
    return [row[0] for row in shops.warehouse.all("SELECT action FROM audit WHERE subject = :n ORDER BY id", n=number)]


def order_head(shops, number):
    return shops.database.read(lambda tx: order_by_number(tx, number))
