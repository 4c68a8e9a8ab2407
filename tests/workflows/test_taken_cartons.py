"""Which carton a parcel was packed into: kept with it, weighed with it, learnt from without it, and taken back with it."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.masterdata.carton_types import NewCartonType, drop_carton_type, put_carton_type
from server.masterdata.site_settings import set_site_settings
from tests.invariants import broken_invariants
from tests.warehouse import ITEMS
from tests.workflows.test_weighing import said, weigh, weighing

TAKEN = "SELECT carton_type, own_weight_g, length_mm, width_mm, height_mm FROM carton"


@pytest.fixture
def house(database):
    """Cartons S and M weigh 100 and 260 g; what nobody said is taken for 200 g."""
    made = weighing(database)

    def more(tx):
        outside = {"outer_length_mm": 210, "outer_width_mm": 160, "outer_height_mm": 110}
        put_carton_type(tx, made.site_id, NewCartonType(code="S", length_mm=200, width_mm=150, height_mm=100, own_weight_g=100, **outside))
        put_carton_type(tx, made.site_id, NewCartonType(code="M", length_mm=300, width_mm=200, height_mm=150, own_weight_g=260))

    database.write(more)
    return made


def packed(house, *before_the_last: str, ref: str = "S-1"):
    """One soap and one tea in a parcel: 120 + 80 g and the carton."""
    pda = house.picked(ref)
    for scan in ("TOTE-5", ITEMS["SOAP"], *before_the_last, ITEMS["TEA"]):
        pda.scan(scan)
    return pda


def test_the_carton_that_was_scanned_is_kept_with_the_parcel_as_it_was_then(house):
    pda = packed(house, "M", "S")
    assert house.all(TAKEN) == [("S", 100, 210, 160, 110)]
    house.database.write(lambda tx: put_carton_type(tx, house.site_id, NewCartonType(code="S", length_mm=1, width_mm=1, height_mm=1, own_weight_g=7)))
    house.database.write(lambda tx: drop_carton_type(tx, house.site_id, "S"))
    assert house.all(TAKEN) == [("S", 100, 210, 160, 110)]
    assert weigh(pda, 300)["code"] == "ok"


def test_what_nobody_said_is_taken_for_the_carton_of_the_site(house):
    pda = packed(house)
    assert house.all(TAKEN) == [("", 0, 0, 0, 0)]
    assert weigh(pda, 400)["code"] == "ok"


def test_the_carton_that_a_device_was_told_to_take_counts_without_a_scan(house):
    """What the handheld shows stands as the default of the slot, and travels with the operation."""
    pda = house.picked("S-1")
    pda.scan("TOTE-5")
    slot = pda.task["forms"][0]["slots"][1]
    assert (slot["name"], slot["expected"], slot["optional"]) == ("carton", ["M", "S"], True)
    slot["default"] = "M"
    pda.scan(ITEMS["SOAP"])
    pda.scan(ITEMS["TEA"])
    assert house.all(TAKEN) == [("M", 260, 0, 0, 0)]


def test_the_same_operation_sent_again_takes_no_other_carton(house):
    pda = packed(house, "S")
    again = {**pda.sent[-1], "slots": {**pda.sent[-1]["slots"]}}
    assert pda.post(again)["status"] == "replayed"
    assert house.all(TAKEN) == [("S", 100, 210, 160, 110)]


def test_a_carton_that_is_gone_by_now_stops_no_packing_and_keeps_its_name(house):
    pda = house.picked("S-1")
    for scan in ("TOTE-5", ITEMS["SOAP"], "S"):
        pda.scan(scan)
    house.database.write(lambda tx: drop_carton_type(tx, house.site_id, "S"))
    pda.scan(ITEMS["TEA"])
    assert house.all(TAKEN) == [("S", 0, 0, 0, 0)]
    assert weigh(pda, 400)["code"] == "ok"


@pytest.mark.parametrize("carton", [7, ["S"], "x" * 33, "\n"])
def test_what_is_no_carton_is_refused_and_nothing_is_packed(house, carton):
    pda = house.picked("S-1")
    pda.scan("TOTE-5")
    result = pda.send("pack", {"counted": [{"item": "SOAP", "quantity": 1}], "carton": carton}, pda.task["forms"][0]["id"])
    assert result["status"] == "refused"
    assert house.one("SELECT COUNT(*) FROM carton") == 0


def test_another_carton_that_would_explain_the_weight_is_named_and_one_touch_takes_it(house):
    pda = packed(house, "S")
    result = weigh(pda, 460)
    assert said(result) == "Parcel 1 weighs 460 g, 160 g too much: 2 × Tea may be too many, or it is in carton M. Count again."
    assert said(result, "zh-CN") == "包裹 1 重 460 克，重了 160 克：可能多了 2 × Tea，或者用的是纸箱 M。请重新清点。"
    assert house.all(TAKEN) == [("S", 100, 210, 160, 110)]  # nothing is changed by a guess
    step = result["next"][0]
    assert (step["label"]["key"], step["slots"]["carton"], len(result["next"])) == ("pack.reason.carton", "M", 3)
    assert pda.send(step["kind"], step["slots"], None)["code"] == "ok"
    assert house.all(TAKEN) == [("M", 260, 0, 0, 0)]
    assert house.all("SELECT measured_g, expected_g, reason FROM parcel_weight") == [(460, 460, "")]


@pytest.mark.parametrize(("taken", "own_g", "grams", "english"), [
    ("S", 530, 730, "430 g too much: it may be in carton L. Look again."),
    ("M", 30, 230, "230 g too little: it may be in carton L. Look again."),
    ("M", 140, 340, "120 g too little: 1 × Soap may be missing, or it is in carton L. Count again."),
    ("M", 380, 580, "120 g too much: 1 × Soap may be too many, or it is in carton L. Count again."),
    ("M", 220, 420, "40 g off: Tea may lie there instead of Soap, or it is in carton L. Look again.")])
def test_what_only_a_carton_explains_and_what_an_item_does_as_well(house, taken, own_g, grams, english):
    house.database.write(lambda tx: put_carton_type(tx, house.site_id, NewCartonType(code="L", length_mm=9, width_mm=9, height_mm=9, own_weight_g=own_g)))
    assert said(weigh(packed(house, taken), grams)) == f"Parcel 1 weighs {grams} g, {english}"


def test_undo_of_the_weighing_takes_the_other_carton_back_and_undo_of_the_packing_the_parcel(house):
    pda = packed(house, "S")
    step = weigh(pda, 460)["next"][0]
    pda.send(step["kind"], step["slots"], None)
    pda.scan("CMD-UNDO")
    assert (house.all(TAKEN), house.one("SELECT state FROM carton")) == ([("S", 100, 210, 160, 110)], "open")
    pda.send("undo", {}, None)
    assert (pda.results[-1]["status"], house.one("SELECT COUNT(*) FROM carton")) == ("applied", 0)
    assert broken_invariants(house.database) == []


def test_a_carton_that_the_site_does_not_have_is_no_explanation_to_be_chosen(house):
    pda = packed(house, "S")
    form = pda.task["forms"][0]["id"]
    result = pda.send("weigh", {"weight": 460, "carton": "NOBODYS"}, form)
    assert (result["status"], result["code"], house.one("SELECT COUNT(*) FROM parcel_weight")) == ("refused", "invalid", 0)
    assert house.all(TAKEN) == [("S", 100, 210, 160, 110)]


def test_the_weight_of_an_item_is_learnt_without_its_carton_and_never_where_the_carton_is_not_known(house):
    house.put("SOAP", 50, "W1-A-01-1")
    for number, (carton, grams) in enumerate((("S", 100 + 244), ("M", 260 + 246), ("", 555))):
        house.order(f"L-{number}", ("SOAP", 2))
        house.wave()
        pda = house.pda()
        for scan in (f"TOTE-{5 + number}", ITEMS["SOAP"]):
            pda.scan(scan)
        pda.task = None
        for scan in filter(None, (f"TOTE-{5 + number}", carton, ITEMS["SOAP"])):
            pda.scan(scan)
        result = weigh(pda, grams)
        if result["code"] != "ok":
            result = pda.send("weigh", {"weight": grams, "reason": "counted"}, pda.task["forms"][0]["id"])
        assert result["code"] == "ok"
    learnt = house.one("SELECT parcels FROM item_weight")
    assert (json.loads(learnt) if isinstance(learnt, str) else learnt) == [[2, 244], [2, 246]]


def test_without_a_scale_the_label_says_what_items_and_carton_weigh_together(house):
    house.database.write(lambda tx: set_site_settings(tx, house.site_id, pack_weigh="no"))
    packed(house, "M")
    assert house.one("SELECT weight_g FROM carton") == 120 + 80 + 260


def test_a_site_without_cartons_is_asked_for_none(house):
    for code in "SM":
        house.database.write(lambda tx, code=code: drop_carton_type(tx, house.site_id, code))
    pda = house.picked("S-1")
    pda.scan("TOTE-5")
    assert [slot["name"] for slot in pda.task["forms"][0]["slots"]] == ["counted"]


def test_a_carton_named_like_an_item_does_not_hide_it(house):
    house.database.write(lambda tx: put_carton_type(tx, house.site_id, NewCartonType(code="soap", length_mm=9, width_mm=9, height_mm=9)))
    pda = packed(house)
    assert house.one("SELECT COUNT(*) FROM carton") == 1
    assert [value["type"] for value in house.engine.read(pda.device, "SOAP")["values"]] == ["item"]


@pytest.mark.parametrize("change", ["own_weight_g = -1", "height_mm = -5"])
def test_the_database_refuses_what_no_carton_can_be(house, change):
    packed(house, "S")
    with pytest.raises(IntegrityError):
        house.database.write(lambda tx: tx.execute(text(f"UPDATE carton SET {change}")))
