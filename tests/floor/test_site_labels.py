"""A site's own labels, from the setting to the value that a form takes."""

import pytest

from labels.gs1 import check_digit
from server.floor.engine import FloorEngine
from server.floor.fill import fill
from server.floor.lookup import understand
from server.floor.operations import DeviceIdentity
from server.floor.reading import read
from server.floor.registry import Registry
from server.kernel.errors import Invalid
from server.masterdata.items import NewItem, NewPack, put_item
from server.wms.site_changes import change_site
from tests.world import make_world

pytestmark = pytest.mark.empty

LAYOUTS = "catch_weight=21IIIIIWWWWWC,22IIIIIPPPPPC"


def ean(body: str) -> str:
    return body + check_digit(body)


@pytest.fixture
def site(database):
    world = make_world(database)
    ham = NewItem(code="HAM", name="Ham", catch_weight=True, packs=[NewPack("each", 1, ("rcn:2112345", "rcn:2212345"))])
    database.write(lambda tx: put_item(tx, ham))
    return world.site_id


def scanned(database, site, code: str):
    return database.read(lambda tx: understand(tx, site, code))["values"]


def test_a_sites_catch_weight_code_gives_item_and_grams(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", (LAYOUTS,)))
    item, weight = scanned(database, site, ean("211234501250"))
    assert (item["type"], item["key"], item["tracking"]) == ("item", "HAM", ["catch_weight"])
    assert weight == {"type": "weight", "n": 1250}


def test_a_priced_code_gives_the_item_and_no_weight(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", (LAYOUTS,)))
    assert [(value["type"], value["key"]) for value in scanned(database, site, ean("221234501250"))] == [("item", "HAM")]


def form_after(database, site, code: str):
    slots = [{"name": "item", "types": ["item"]}, {"name": "quantity", "types": ["quantity", "weight"], "mode": "each", "min": 1},
             {"name": "to", "types": ["location"]}]
    task = {"id": "t", "kind": "receive", "current": "a", "forms": [{"id": "a", "kind": "receive", "state": "open", "slots": slots}]}
    task, effects = fill(task, database.read(lambda tx: understand(tx, site, code)))
    assert [effect["effect"] for effect in effects] == ["filled"]
    return {slot["name"]: slot.get("value") for slot in task["forms"][0]["slots"]}


def test_one_scan_of_a_catch_weight_code_fills_item_and_grams(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", (LAYOUTS,)))
    assert form_after(database, site, ean("211234501250")) == {"item": "HAM", "quantity": 1250, "to": None}


def test_after_a_priced_code_the_weight_is_still_asked_for(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", (LAYOUTS,)))
    assert form_after(database, site, ean("221234501250")) == {"item": "HAM", "quantity": None, "to": None}


def test_a_catch_weight_code_of_no_item_here_says_which_number_it_has(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", (LAYOUTS,)))
    item, weight = scanned(database, site, ean("219999901250"))
    assert (item["key"], item["rcn"], weight["n"]) == (None, "2199999", 1250)


def test_another_site_reads_the_same_code_as_a_trade_item_number(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", (LAYOUTS,)))
    other = make_world(database, "W2")
    assert scanned(database, other.site_id, ean("211234501250"))[0]["gtin"] == ean("211234501250").zfill(14)


def test_the_handheld_is_told_how_its_site_prints(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", (LAYOUTS, "group_separators=~ #GS#")))
    engine = FloorEngine(database, Registry([]))
    told = engine.pull(DeviceIdentity(1, site), None)
    assert told["settings"] == {"catch_weight": ["21IIIIIWWWWWC", "22IIIIIPPPPPC"], "group_separators": ["~", "#GS#"]}


def test_a_sites_own_separator_splits_its_labels(database, site) -> None:
    database.write(lambda tx: change_site(tx, "W1", ("group_separators=~",)))
    values = scanned(database, site, "010950600011784310LOT1~21X")
    assert [value["key"] for value in values[1:]] == ["LOT1", "X"]


@pytest.mark.parametrize("change", ["catch_weight=28", "catch_weight=95IIIIIWWWWWC", "group_separators=10", "group_separators=A"])
def test_a_setting_that_would_misread_labels_is_refused(database, site, change) -> None:
    with pytest.raises(Invalid):
        database.write(lambda tx: change_site(tx, "W1", (change,)))


@pytest.mark.parametrize("code", ["rcn:", "rcn:21A45", "rcn:211234512345"])
def test_a_key_that_no_layout_can_give_is_no_barcode(database, code) -> None:
    with pytest.raises(Invalid):
        database.write(lambda tx: put_item(tx, NewItem(code="X", name="X", packs=[NewPack("each", 1, (code,))])))


@pytest.mark.parametrize("head", ["]C0", "]A0", "]Q1", "]d1"])
def test_a_plain_code_is_known_with_its_aim_identifier_before_it(database, site, head) -> None:
    value = scanned(database, site, f"{head}w1-a-01-01")[0]
    assert (value["type"], value["key"]) == ("location", "W1-A-01-01")
    assert scanned(database, site, f"{head}CMD-DONE") == [{"type": "command", "key": "DONE"}]


def test_both_halves_of_a_label_give_their_values() -> None:
    upper, lower = read("(01)09506000117843(17)261231", {}), read("(10)LOT1(30)4", {})
    assert [reading["error"] for reading in (upper, lower)] == [None, None]
    assert [(value["type"], value.get("key", value.get("n"))) for value in upper["values"] + lower["values"]] == [
        ("item", None), ("expiry", "2026-12-31"), ("lot", "LOT1"), ("quantity", 4)]


def test_a_half_that_begins_with_gs_is_a_label() -> None:
    assert read("\x1d10LOT1", {})["values"] == [{"type": "lot", "key": "LOT1"}]


@pytest.mark.parametrize("label", ["[)>\x1e06\x1dPham\x1d1PMC-3\x1dQ3\x1d1TL1\x1e\x04", "]d1[)>\x1e06\x1dPX-1\x1d1PHAM\x1dQ3\x1d1TL1\x1e\x04"])
def test_a_suppliers_label_names_the_item_by_either_part_number(database, site, label) -> None:
    values = scanned(database, site, label)
    assert [(value["type"], value.get("key", value.get("n"))) for value in values] == [("item", "HAM"), ("lot", "L1"), ("quantity", 3)]


def test_a_suppliers_label_of_no_item_here_says_its_part_numbers(database, site) -> None:
    item, quantity = scanned(database, site, "{pbn:P1,on:SO1,pc:c99,pm:m-1,qty:2}")
    assert (item["key"], item["parts"], quantity["n"]) == (None, ["C99", "M-1"], 2)
