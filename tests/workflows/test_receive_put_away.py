import pytest
from sqlalchemy import text

from labels.gs1 import check_digit
from server import workflows
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.floor.registry import discover
from server.masterdata.items import NewItem, NewPack, put_item
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.pda import Pda
from tests.world import add_bin, make_world, on_hand

pytestmark = pytest.mark.empty

SSCC = "39506000111111111"
SSCC += check_digit(SSCC)
GTIN = "09506000134352"


@pytest.fixture
def pda(database):
    world = make_world(database)

    def work(tx):
        put_item(tx, NewItem(code="SOAP", name="Soap", packs=[NewPack("each", 1, (GTIN,))]))
        add_bin(tx, world.site_id, "W1-A-09-01")
        device = tx.scalar(text("INSERT INTO device (name, site_id, token_hash, enrolled_at) "
                                "VALUES ('PDA 1', :s, 'x', 0) RETURNING id"), s=world.site_id)
        worker = tx.scalar(text("INSERT INTO worker (badge, name, role) VALUES ('BDG-1', 'Ann', 'worker') RETURNING id"))
        tx.execute(text("INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, "
                        "expires_at) VALUES ('s1', 't', :w, :d, 0, 0, 99999999999999)"), {"w": worker, "d": device})
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=world.site_id, lines=[
            NewInboundLine(item="SOAP", quantity=48, sscc=SSCC), NewInboundLine(item="SOAP", quantity=10)]))
        return DeviceIdentity(device, world.site_id), tx.now

    device, now = database.write(work)
    return Pda(FloorEngine(database, discover(workflows)), device, "s1", now)


def status(pda) -> tuple[str, str]:
    return pda.results[-1]["status"], pda.results[-1]["code"]


def test_a_pallet_is_received_by_its_sscc_and_put_away(database, pda):
    pda.scan(f"(00){SSCC}")
    assert status(pda) == ("applied", "ok")
    assert pda.task["kind"] == "receive"
    pda.scan(f"]C100{SSCC}")
    assert status(pda) == ("applied", "ok")
    pda.task = None
    pda.scan(f"(00){SSCC}")
    assert pda.task["kind"] == "put_away"
    bin_ = pda.task["forms"][0]["info"]["location"]
    assert bin_ in {"W1-A-01-01", "W1-A-01-02", "W1-A-02-01", "W1-B-01-01", "W1-A-09-01"}
    pda.scan(f"(00){SSCC}")
    pda.scan(bin_)
    assert status(pda) == ("applied", "ok")
    place = database.read(lambda tx: tx.scalar(
        text("SELECT l.code FROM lpn p JOIN location l ON l.id = p.location_id WHERE p.code = :c"), c=SSCC))
    assert place == bin_


def test_an_item_is_received_by_count(database, pda):
    pda.scan("ASN-1")
    pda.scan(GTIN)
    pda.scan("QTY-10")
    assert status(pda) == ("applied", "ok")
    received = database.read(lambda tx: tx.scalar(text("SELECT SUM(received) FROM inbound_line")))
    assert received == 10


def test_an_answer_that_was_lost_does_not_double_the_receipt(database, pda):
    pda.scan("ASN-1")
    pda.scan(f"(00){SSCC}")
    again = [pda.post(pda.sent[-1])["status"] for _ in range(3)]
    assert again == ["replayed"] * 3
    assert database.read(lambda tx: tx.scalar(text("SELECT SUM(received) FROM inbound_line"))) == 48


def test_a_put_away_is_undone(database, pda):
    for scanned in (f"(00){SSCC}", f"(00){SSCC}"):
        pda.scan(scanned)
    pda.task = None
    pda.scan(f"(00){SSCC}")
    pda.scan(f"(00){SSCC}")
    pda.scan("W1-A-09-01")
    assert on_hand_at_dock(database) == 0
    pda.task = None
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert on_hand_at_dock(database) == 48


def test_a_paper_that_came_short_is_closed_by_done(database, pda):
    pda.scan("ASN-1")
    pda.scan(f"(00){SSCC}")
    pda.scan("CMD-DONE")
    assert status(pda) == ("applied", "under_receipt")
    pda.send("finish", {"reason": "supplier_short"}, None)
    assert database.read(lambda tx: tx.scalar(text("SELECT state FROM inbound"))) == "received"
    assert database.read(lambda tx: on_hand(tx, "W1-A-01-01")) == 0
    pda.task = None
    pda.scan("ASN-1")
    assert status(pda) == ("refused", "already_received")


def on_hand_at_dock(database) -> int:
    return database.read(lambda tx: tx.scalar(text(
        "SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = p.location_id "
        "WHERE l.code = 'W1-DOCK'")))


@pytest.mark.parametrize("change", [
    {"item": "BOLT"}, {"quantity": "ten"}, {"quantity": True}, {"quantity": -1}, {"expiry": "tomorrow"}, {"expiry": 7},
    {"lot": "L" * 300}, {"lot": ["a"]},
])
def test_what_a_form_may_not_hold_is_refused_and_the_next_good_scan_works(database, pda, change):
    pda.scan("ASN-1")
    form = next(one["id"] for one in pda.task["forms"] if one["id"].startswith("l"))
    assert pda.send("receive", {"item": "SOAP", "quantity": 1, **change}, form)["status"] == "refused"
    assert pda.send("receive", {"item": "SOAP", "quantity": 1}, form)["status"] == "applied"
    assert database.read(lambda tx: tx.scalar(text("SELECT SUM(received) FROM inbound_line"))) == 1


def test_a_late_receipt_does_not_open_a_closed_paper_again(database, pda):
    pda.scan("ASN-1")
    task, form = pda.task, next(one["id"] for one in pda.task["forms"] if one["id"].startswith("l"))
    pda.send("finish", {"reason": "supplier_short"}, None)
    pda.task = task
    assert pda.send("receive", {"item": "SOAP", "quantity": 2}, form)["status"] == "applied"
    assert database.read(lambda tx: tx.scalar(text("SELECT state FROM inbound"))) == "received"


def test_a_pallet_is_not_put_away_on_a_dock(database, pda):
    pda.scan(f"(00){SSCC}")
    pda.scan(f"(00){SSCC}")
    pda.task = None
    pda.scan(f"(00){SSCC}")
    answer = pda.send("put_away", {"lpn": SSCC, "to": "W1-DOCK"}, pda.task["forms"][0]["id"])
    assert (answer["status"], answer["code"]) == ("refused", "bin_does_not_fit")
