"""A parcel on the scale: its label comes when it weighs what it should, and not before; the worker is told what may be wrong."""

from threading import Thread

import pytest

from server.floor.fill import fill
from server.kernel.ids import uuid7
from server.masterdata.items import NewItem, put_item
from server.masterdata.site_settings import set_site_settings
from server.workflows.texts import texts
from tests.warehouse import ITEMS, Warehouse

WEIGHTS = {"SOAP": 120, "TEA": 80, "MILK": 1030}


@pytest.fixture
def house(database):
    return weighing(database)


def weighing(database) -> Warehouse:
    """Parcels are weighed; a carton of which nothing is known is taken for 200 g."""
    made = Warehouse(database).open()

    def more(tx):
        set_site_settings(tx, made.site_id, pack_weigh="yes", pack_carton_g=200)
        for code, grams in WEIGHTS.items():
            put_item(tx, NewItem(code=code, name=code.title(), weight_g=grams))

    database.write(more)
    return made


def weigh(pda, grams: int) -> dict:
    """What the packing station does with a weight of its scale."""
    pda.task, effects = fill(pda.task, {"raw": "", "values": [{"type": "weight", "n": grams}]})
    for effect in effects:
        if effect["effect"] == "operation":
            return pda.send(effect["kind"], effect["slots"], effect["form"])
    raise AssertionError(effects)


def on_the_scale(house, ref: str = "S-1"):
    """One soap and one tea are in a parcel: 120 + 80 + 200 g."""
    pda = house.picked(ref)
    for scan in ("TOTE-5", ITEMS["SOAP"], ITEMS["TEA"]):
        pda.scan(scan)
    return pda


def said(result: dict, language: str = "en") -> str:
    return texts(language)[result["message"]["key"]].format(**result["message"]["args"])


def labels(house) -> int:
    return house.one("SELECT COUNT(*) FROM print_job WHERE label = 'carton'")


def test_no_label_comes_before_the_parcel_was_weighed(house):
    pda = on_the_scale(house)
    assert said(pda.results[-1]) == "Put parcel 1 on the scale"
    assert [(form["kind"], form["state"]) for form in pda.task["forms"]] == [("weigh", "open")]
    assert labels(house) == 0


def test_the_right_weight_prints_the_label_and_is_kept_and_nothing_was_scanned_or_tapped_for_it(house):
    pda = on_the_scale(house)
    result = weigh(pda, 405)
    assert (result["status"], result["code"], result["message"]["key"]) == ("applied", "ok", "pack.closed")
    assert (labels(house), house.all("SELECT measured_g, expected_g, reason FROM parcel_weight")) == (1, [(405, 400, "")])
    assert house.one("SELECT weight_g FROM carton") == 405
    pda.scan(f"(00){result['data']['sscc']}")
    assert pda.results[-1]["message"]["key"] == "pack.done"


def test_a_wrong_weight_stops_the_label_and_says_by_how_much_and_what_would_explain_it(house):
    pda = on_the_scale(house)
    for grams, english, chinese in (
            (320, "Parcel 1 weighs 320 g, 80 g too little: 1 × Tea may be missing. Count again.",
             "包裹 1 重 320 克，轻了 80 克：可能少了 1 × Tea。请重新清点。"),
            (520, "Parcel 1 weighs 520 g, 120 g too much: 1 × Soap may be too many. Count again.",
             "包裹 1 重 520 克，重了 120 克：可能多了 1 × Soap。请重新清点。"),
            (360, "Parcel 1 weighs 360 g, 40 g off: Tea may lie there instead of Soap. Look again.",
             "包裹 1 重 360 克，相差 40 克：可能把 Soap 错放成了 Tea。请再检查。"),
            (5000, "Parcel 1 weighs 5000 g, 4600 g more than its items. Count again.", "包裹 1 重 5000 克，比应有重量重 4600 克。请重新清点。"),
            (100, "Parcel 1 weighs 100 g, 300 g less than its items. Count again.", "包裹 1 重 100 克，比应有重量轻 300 克。请重新清点。")):
        result = weigh(pda, grams)
        assert (result["status"], result["code"]) == ("applied", "wrong_weight")
        assert (said(result), said(result, "zh-CN")) == (english, chinese)
        assert labels(house) == 0 and house.one("SELECT COUNT(*) FROM parcel_weight") == 0
        assert [(form["kind"], form["state"]) for form in pda.task["forms"]] == [("weigh", "open")]
    assert weigh(pda, 400)["code"] == "ok"  # what was missing was put in, and it was weighed again


@pytest.mark.parametrize("reason", ["counted", "packaging"])
def test_a_worker_goes_on_with_a_reason_which_is_kept(house, reason):
    pda = on_the_scale(house)
    steps = weigh(pda, 480)["next"]
    step = next(one for one in steps if one["slots"]["reason"] == reason)
    assert len(steps) == 2 and all(one["label"]["key"] in texts("zh-CN") for one in steps)
    assert pda.send(step["kind"], step["slots"], None)["code"] == "ok"
    assert (labels(house), house.all("SELECT measured_g, reason FROM parcel_weight")) == (1, [(480, reason)])


def test_what_is_no_weight_is_refused_and_changes_nothing(house):
    pda = on_the_scale(house)
    for slots in ({"weight": 0}, {"weight": "400"}, {"weight": 400.5}, {"weight": True}, {}, {"weight": 480, "reason": "in a hurry"}):
        result = pda.send("weigh", slots, pda.task["forms"][0]["id"])
        assert (result["status"], result["code"]) == ("refused", "invalid"), slots
    assert labels(house) == 0


def test_a_parcel_is_weighed_once(house):
    pda = on_the_scale(house)
    form = pda.task["forms"][0]["id"]
    weigh(pda, 400)
    result = pda.send("weigh", {"weight": 400}, form)
    assert (result["status"], result["code"]) == ("refused", "not_on_the_scale")
    assert labels(house) == 1


def test_of_two_weights_at_one_moment_one_prints_the_label(house):
    pda = on_the_scale(house)
    form, results = pda.task["forms"][0]["id"], []
    pda.seq += 2
    operations = [{"op": str(uuid7()), "seq": pda.seq - 1 + at, "kind": "weigh", "slots": {"weight": 400 + at}, "form": form, "schema": 1,
                   "task": pda.task["id"], "made_at": pda.sent[-1]["made_at"], "session": pda.session} for at in range(2)]
    threads = [Thread(target=lambda one=one: results.extend(
        house.engine.operations(pda.device, {"epoch": "epoch-0001", "operations": [one]})["results"])) for one in operations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one["code"] for one in results].count("ok") == 1, results
    assert (labels(house), house.one("SELECT COUNT(*) FROM parcel_weight")) == (1, 1)


def test_packing_does_not_end_while_a_parcel_waits_for_the_scale(house):
    pda = on_the_scale(house)
    assert pda.send("finish", {}, None)["code"] == "unweighed"
    sscc = house.one("SELECT p.code FROM carton c JOIN lpn p ON p.id = c.lpn_id")
    assert pda.send("verify_label", {"label": sscc}, f"v{sscc}")["code"] == "unweighed"


def test_an_undone_weighing_asks_for_the_scale_again_and_the_next_label_is_a_reprint(house):
    pda = on_the_scale(house)
    weigh(pda, 400)
    pda.scan("CMD-UNDO")
    assert pda.results[-1]["status"] == "applied"
    assert house.all("SELECT state, weight_g FROM carton") == [("open", 200)] and house.one("SELECT COUNT(*) FROM parcel_weight") == 0
    assert weigh(pda, 402)["code"] == "ok"
    assert house.one("SELECT COUNT(*) FROM print_job WHERE label = 'carton' AND reprint_of_id IS NOT NULL") == 1


def test_an_undone_packing_takes_the_items_out_of_the_parcel_again(house):
    pda = on_the_scale(house)
    pda.send("undo", {}, None)
    assert pda.results[-1]["status"] == "applied"
    assert house.one("SELECT COUNT(*) FROM carton") == 0
    assert [form["kind"] for form in pda.task["forms"]] == ["pack"]


def test_an_item_without_a_weight_stops_nobody(house):
    house.database.write(lambda tx: put_item(tx, NewItem(code="TEA", name="Tea", weight_g=0)))
    pda = on_the_scale(house)
    assert weigh(pda, 4000)["code"] == "ok"


def test_after_five_parcels_of_one_item_its_weight_is_known_better_than_master_data_says(house):
    house.put("SOAP", 50, "W1-A-01-1")
    for number in range(6):
        house.order(f"L-{number}", ("SOAP", 2))
        house.wave()
        pda = house.pda()
        for scan in (f"TOTE-{5 + number}", ITEMS["SOAP"]):
            pda.scan(scan)
        pda.task = None
        for scan in (f"TOTE-{5 + number}", ITEMS["SOAP"]):
            pda.scan(scan)
        result = weigh(pda, 200 + 2 * 150)  # 120 g stands in master data
        if number < 5:
            assert result["code"] == "wrong_weight"
            step = result["next"][0]
            assert pda.send(step["kind"], step["slots"], None)["code"] == "ok"
        else:
            assert result["code"] == "ok"


def test_a_site_without_a_scale_packs_as_before(house):
    house.database.write(lambda tx: set_site_settings(tx, house.site_id, pack_weigh="no"))
    pda = on_the_scale(house)
    assert pda.results[-1]["message"]["key"] == "pack.closed" and labels(house) == 1
