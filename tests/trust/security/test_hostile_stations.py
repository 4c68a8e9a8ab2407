"""S21 at stations: hostile codes, tags and weights past a door, a gate and a scale are answered, and the next pallet is received."""

import pytest
from sqlalchemy import text

from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.trust.security.hostile import CODES
from tests.warehouse import Warehouse
from tests.workflows.test_arrive import Door, sscc
from tests.workflows.test_gate import Gate, sscc_tag

_PACK = text("UPDATE station SET kind = 'pack'")
SLOTS = ("lpn", "item", "document", "lot", "expiry", "serial", "quantity", "codes", "unread", "pack")

pytestmark = pytest.mark.empty


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="SOAP", quantity=48, sscc=sscc(1)), NewInboundLine(item="SOAP", quantity=48, sscc=sscc(2)),
        NewInboundLine(item="TEA", quantity=1000)])))
    return house


def aside(house) -> list:
    return house.all("SELECT args FROM floor_exception WHERE code = 'set_aside'")


def test_hostile_codes_past_a_door_are_answered_and_the_next_pallet_is_received(house):
    door = Door(house)
    for at, code in enumerate(CODES):
        one, other = SLOTS[at % len(SLOTS)], SLOTS[(at + 3) % len(SLOTS)]
        shown = code[:512].encode("utf-8", "replace").decode()
        status, told, _ = door.passes(**{one: shown, other: [shown] if at % 2 else {shown: shown}})
        assert status in ("applied", "refused"), (code[:40], status)
        assert told != "set_aside", code[:40]
    assert aside(house) == []
    assert door.passes(lpn=sscc(1))[:2] == ("applied", "ok")


def test_hostile_tags_past_a_gate_are_answered_and_the_next_pallet_is_received(house):
    gate = Gate(house)
    for code in CODES:
        shown = code[:512].encode("utf-8", "replace").decode()
        for kind, slots in (("tags", {"tags": [shown]}), ("gate_paper", {"document": shown}), ("gate_confirm", {"tags": shown})):
            status, told, _ = gate.does(kind, **slots)
            assert status in ("applied", "refused"), (kind, code[:40])
            assert told != "set_aside", (kind, code[:40])
    assert aside(house) == []
    gate.reads(sscc_tag(2))
    assert house.one("SELECT SUM(received) FROM inbound_line") == 48


def test_hostile_weights_change_nothing(house):
    table = Gate(house, "PACK-1")
    house.database.write(lambda tx: tx.execute(_PACK, {}))
    for weight in (*CODES[:40], -1, 0, 10**18, 1.5, None, [], {}, True):
        status, told, _ = table.does("on_scale", weight=weight if not isinstance(weight, str) else weight.encode("utf-8", "replace").decode()[:512])
        assert (status, told) in (("applied", "nothing_to_weigh"), ("refused", "malformed"))
    assert aside(house) == []
