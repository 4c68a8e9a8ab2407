"""Twenty handhelds at one paper: each receipt counts once, none is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.floor.registry import discover
from server.masterdata.items import NewItem, NewPack, put_item
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.pda import Pda
from tests.world import make_world

pytestmark = pytest.mark.empty

DEVICES = 20


def enrol(tx, site_id: int, number: int) -> DeviceIdentity:
    device = tx.scalar(text("INSERT INTO device (name, site_id, token_hash, enrolled_at) VALUES (:n, :s, :n, 0) "
                            "RETURNING id"), n=f"PDA {number}", s=site_id)
    worker = tx.scalar(text("INSERT INTO worker (badge, name, role) VALUES (:b, :b, 'worker') RETURNING id"),
                       b=f"BDG-{number}")
    tx.execute(text("INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, "
                    "expires_at) VALUES (:id, :id, :w, :d, 0, 0, 99999999999999)"),
               {"id": f"s{number}", "w": worker, "d": device})
    return DeviceIdentity(device, site_id)


def test_twenty_devices_receive_one_line_and_no_unit_is_lost_or_doubled(database):
    world = make_world(database)

    def work(tx):
        put_item(tx, NewItem(code="SOAP", name="Soap", packs=[NewPack("each", 1, ("09506000134352",))]))
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=world.site_id,
                                   lines=[NewInboundLine(item="SOAP", quantity=DEVICES - 5)]))
        return [enrol(tx, world.site_id, number) for number in range(DEVICES)], tx.now

    devices, now = database.write(work)
    engine = FloorEngine(database, discover(workflows))
    first = Pda(engine, devices[0], "s0", now)
    first.scan("ASN-1")
    task = first.task

    def one(number: int) -> list[str]:
        pda = Pda(engine, devices[number], f"s{number}", now)
        pda.task = task
        slots = {"item": "SOAP", "quantity": 1}
        pda.send("receive", slots, task["forms"][0]["id"])
        return [pda.results[-1]["code"], pda.post(pda.sent[-1])["status"]]

    with ThreadPoolExecutor(DEVICES - 1) as pool:
        answers = list(pool.map(one, range(1, DEVICES)))
    assert all(again == "replayed" for _, again in answers)
    booked = database.read(lambda tx: tx.scalar(text("SELECT SUM(quantity) FROM balance")))
    line = database.read(lambda tx: tx.scalar(text("SELECT received FROM inbound_line")))
    assert booked == line == sum(code == "ok" for code, _ in answers)
    assert {code for code, _ in answers} == {"ok", "over_receipt"}
    assert line == DEVICES - 5
    assert database.read(lambda tx: tx.scalar(text("SELECT state FROM inbound"))) == "received"
