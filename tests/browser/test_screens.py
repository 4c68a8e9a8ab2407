"""Every screen that a worker meets, in both languages: what must be seen, and nothing cut off, small, pale or to be scrolled."""

import pytest

from simulators.devices.scale import Scale
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from tests.browser.conftest import ITEMS, PIN, SIZES, open_page, signed_in


def code(item: str) -> str:
    return f"(01){ITEMS[item][1]}"


@pytest.fixture
def pda(both):
    return both


def test_a_device_is_enrolled_and_a_worker_signs_in(browser, own_shop, language):
    pda = open_page(browser, own_shop, "small", language)
    pda.dressed("enrol")
    pda.looks("enrol")
    pda.page.fill("input.typed >> nth=0", "WRONG123")
    pda.page.click("button.main")
    pda.page.wait_for_selector(".error:not(:empty)")
    pda.looks("enrol-wrong", sees=("主管" if language == "zh-CN" else "Ask the supervisor",))
    pda.page.fill("input.typed >> nth=0", own_shop.enrolment_code())
    pda.page.click("button.main")
    pda.page.wait_for_function("() => document.querySelectorAll('input').length === 2")
    pda.dressed("badge")
    pda.looks("badge")
    pda.scan("LI" if language == "zh-CN" else "ANN")
    pda.page.wait_for_selector(".keys")
    pda.dressed("pin")
    pda.looks("pin")
    pda.type_in("111111")
    pda.page.wait_for_selector(".error:not(:empty)")
    pda.looks("pin-wrong", sees=("工牌或密码不正确" if language == "zh-CN" else "Badge or secret is wrong",))
    pda.type_in(PIN)
    pda.home()
    pda.looks("home-empty")
    pda.page.click("button.main")
    pda.page.wait_for_selector(".stop.question")  # nobody has done anything wrong
    pda.looks("nothing-waits", sees=("暂无任务" if language == "zh-CN" else "start something else",))
    assert pda.errors == []
    pda.page.context.close()


def test_the_first_screen_shows_what_waits(own_shop, pda):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.asn(TEA=5)
    own_shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-A-01-1", "W1-A-02-1"]})
    own_shop.ordered({"SOAP": 1}, {"SOAP": 2})
    pda.page.reload()
    pda.page.wait_for_selector(".counts button")
    pda.dressed("home")
    pda.looks("home", says=("task.pick", "task.count"))


def test_receiving_by_a_purchase_order(own_shop, pda):
    own_shop.office.call("POST", "/api/v1/purchase-orders", {"code": "PO-4711", "site": "W1", "lines": [
        {"item": "MILK", "quantity": 24}, {"item": "SOAP", "quantity": 100}]})
    pda.scan("PO-4711")
    pda.sees(".title", "Oat milk")
    pda.looks("receive-po", sees=("PO-4711", "24"), says=("slot.item",))
    for _ in range(2):
        pda.swap()
        pda.scan("CMD-HELP")
        pda.sees(".stop.question", pda.texts["slot.item"])
        pda.looks("help", swaps=False)
        pda.page.click(".stop button")
    pda.scan(f"{code('MILK')}(17)300630(10)L7")
    pda.page.wait_for_selector(".keys")
    pda.looks("receive-po-how-many", sees=("Oat milk",))
    pda.type_in("24")
    pda.sees(".title", "Soap")
    pda.page.click(".buttons button >> nth=-1")
    pda.page.wait_for_selector(".more")
    pda.dressed("receive-more")
    pda.looks("receive-more")


def test_receiving_without_a_paper(own_shop, pda):
    pda.scan("W1-DOCK-1")
    pda.sees(".where", "W1-DOCK-1")
    pda.looks("blind", sees=("W1-DOCK-1",), says=("slot.item",))
    pda.scan(f"{code('MILK')}(17)300630(30)48(10)L7")
    pda.sees(".list", "Oat milk")
    pda.looks("blind-received", sees=("Oat milk", "48"))


def test_receiving_more_than_announced_is_asked(own_shop, pda):
    for _ in range(2):
        pda.scan(own_shop.asn(TEA=10))
        pda.sees(".title", "Green tea")
        pda.scan(f"{code('TEA')}(30)12")
        pda.page.wait_for_selector(".question")
        pda.dressed("receive-over", swaps=False)
        pda.looks("receive-over", sees=("10", "2"), swaps=False)
        pda.page.click(".question .buttons button")
        pda.home()
        pda.swap()


def test_putting_a_pallet_away(own_shop, pda):
    pda.scan(own_shop.asn(SOAP=30))
    pda.sees(".title", "Soap")
    pda.scan(f"{code('SOAP')}(30)30")
    pda.home()
    own_shop.until("/api/v1/lpns", lambda rows: any(row["kind"] == "pallet" for row in rows))
    pda.scan("LPN00000001")
    pda.sees(".ask", pda.texts["slot.to"])
    pda.looks("put-away", sees=("LPN00000001", "Soap"), says=("slot.to",))
    pda.stopped("put-away-no-bin", "W1-STAGE-1", sees=("W1-STAGE-1",))


UNDO, SHORT, DONE, REPRINT, FULL, DAMAGED, SKIP, NEXT, HELP = range(9)
COMMANDS = {"en": ("Undo", "Short", "Done", "Print again", "Tote full", "Damaged", "Skip", "Next line", "Help"),
            "zh-CN": ("撤销", "短缺", "完成", "重新打印", "箱满", "破损", "跳过", "下一行", "帮助")}


def holds_all_commands(pda, *wanted):
    """Each command that the step takes is one tap, and no other is shown, on the smallest handheld that is sold too."""
    for size in ("usual", "small"):
        width, height = SIZES[size]
        pda.page.set_viewport_size({"width": width, "height": height})
        shown = pda.page.locator(".commands .buttons button").all_inner_texts()[:-1]
        assert shown == [COMMANDS[pda.language][one] for one in wanted], (size, shown)
        pda.fits()


def test_picking_a_round_with_a_trolley(own_shop, pda):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.put("TEA", 20, "W1-B-02-2")
    own_shop.ordered({"SOAP": 2, "TEA": 1}, {"TEA": 3}, picking="cluster")
    pda.scan("TROLLEY-1")
    pda.sees(".where", "W1-A-01-1")
    pda.dressed("cluster")
    holds_all_commands(pda, UNDO, SHORT, FULL, DAMAGED, SKIP, NEXT, HELP)
    pda.looks("cluster", sees=("W1-A-01-1", "Soap", "2", "TOTE-1"))
    pda.scan(code("SOAP"))
    pda.sees(".ask", pda.texts["slot.tote_of"])
    pda.looks("cluster-tote", sees=("TOTE-1",), says=("slot.tote_of",))
    pda.stopped("cluster-wrong-tote", "TOTE-2", sees=("TOTE-2", "TOTE-1"), is_dressed=True)
    pda.scan("TOTE-1")
    pda.sees(".where", "W1-B-02-2")
    pda.looks("cluster-next", sees=("Green tea",))
    pda.scan("CMD-SHORT")
    pda.page.wait_for_selector(".keys")
    pda.dressed("short")
    pda.looks("short")
    pda.type_in("0")
    pda.page.wait_for_selector(".keys", state="detached")
    pda.looks("short-done")


def picked(own_shop):
    """One order in TOTE-8, ready to be packed."""
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.put("TEA", 20, "W1-A-02-1")
    order = own_shop.ordered({"SOAP": 2, "TEA": 1})[0]
    colleague = own_shop.helper
    colleague.scan("TOTE-8")
    for form in list(colleague.task["forms"]):
        colleague.scan(code(form["info"]["item"]))
    return order


def packed(own_shop):
    """The same in a parcel; its number."""
    picked(own_shop)
    colleague = own_shop.helper
    colleague.scan("TOTE-8")
    colleague.scan(f"{code('SOAP')}(30)2")
    colleague.scan(code("TEA"))
    parcel = colleague.last["message"]["args"]["sscc"]
    colleague.scan(f"]C100{parcel}")
    return parcel


def parcel_of(shop):
    """The number of the last parcel whose label is printed: the screen asks for it before the server has it."""
    found = []

    def is_there(jobs):
        found[:] = [job["code"].removesuffix("-LIST") for job in jobs if job["code"].removesuffix("-LIST").isdigit()]
        return found

    shop.until("/api/v1/print-jobs", is_there)
    return found[-1]


@pytest.fixture
def table_scanner(own_shop):
    """A scanner that is mounted at the packing table."""
    scanner = Scanner(dress=Dress(aim=True))
    port = TcpPort(scanner)
    own_shop.office.call("PUT", "/api/v1/stations/PACK-1", {"site": "W1", "kind": "pack", "location": "W1-PACK-1", "peripherals": [
        {"name": "scanner", "kind": "scanner", "driver": "text", "url": port.url}]})
    own_shop.until("/api/v1/stations", lambda found: found[0]["peripherals"][0]["state"] == "connected")
    yield scanner
    port.close()


def test_a_wrong_weight_on_the_scale_is_seen_on_the_packers_screen_with_a_button_for_each_way_on(own_shop, browser):
    scale = Scale()
    port = TcpPort(scale)
    own_shop.house.command("site", "W1", "--set", "pack_weigh=yes")
    for item, grams in (("SOAP", 120), ("TEA", 80)):
        own_shop.office.call("PUT", f"/api/v1/items/{item}", {"name": "Soap" if item == "SOAP" else "Green tea", "weight_g": grams, "packs": [
            {"level": "each", "quantity": 1, "barcodes": [ITEMS[item][1]]}]})
    own_shop.office.call("PUT", "/api/v1/stations/PACK-1", {"site": "W1", "kind": "pack", "location": "W1-PACK-1", "peripherals": [
        {"name": "scale", "kind": "scale", "driver": "mt-sics", "url": port.url, "settings": {"poll_seconds": 0.05}}]})
    own_shop.office.call("PUT", "/api/v1/carton-types/M", {"site": "W1", "length_mm": 300, "width_mm": 200, "height_mm": 150, "own_weight_g": 680})
    picked(own_shop)
    pda, words = signed_in(browser, own_shop, "small", "zh-CN"), own_shop.office.call("GET", "/api/v1/messages/zh-CN")
    pda.scan("TOTE-8")
    pda.sees(".list", "Soap")
    pda.scan(f"{code('SOAP')}(30)2")
    pda.scan(code("TEA"))
    pda.sees(".ask", words["slot.weight"])
    scale.put(1_000)
    pda.page.wait_for_selector(".wrong button")
    pda.looks("pack-wrong-weight", sees=(words["pack.reason.counted"], words["pack.reason.packaging"], words["pack.reason.carton"].format(carton="M")))
    pda.page.click(".wrong button")
    pda.sees(".ask", words["slot.label"])
    assert pda.errors == []
    pda.page.context.close()
    port.close()


def test_packing_a_parcel(own_shop, pda, table_scanner):
    order = picked(own_shop)
    pda.scan("TOTE-8")
    pda.sees(".list", "Soap")
    pda.page.wait_for_function("() => document.querySelectorAll('.list img.thumb').length === 2")
    pda.dressed("pack")
    holds_all_commands(pda, UNDO, DONE, REPRINT, HELP)
    pda.looks("pack", sees=(order, "Soap", "Green tea", "0 / 1"), says=("slot.counted",))
    pda.stopped("pack-wrong", code("MILK"), sees=("Oat milk",))
    pda.scan(code("SOAP"))
    pda.sees(".packed", "Soap")
    pda.looks("pack-half")
    table_scanner.scan(f"]E0{ITEMS['TEA'][1][1:]}")
    pda.sees(".ask", pda.texts["slot.label"])
    pda.looks("pack-label", says=("slot.label",))
    pda.stopped("pack-wrong-label", "]C100395060001111111110", sees=("395060001 11111 1110",))
    parcel = parcel_of(own_shop)
    table_scanner.scan(f"]C100{parcel}")
    pda.home()


LOADED = {"en": "1 of 1", "zh-CN": "1 / 1"}


def test_loading_a_vehicle(own_shop, pda):
    parcel = packed(own_shop)
    pda.scan("W1-DOOR-1")
    pda.sees(".where", "W1-DOOR-1")
    pda.looks("load", sees=("W1-DOOR-1",), says=("slot.parcel",))
    pda.stopped("load-nothing", "CMD-DONE")
    pda.stopped("load-wrong", "]C100395060001111111110")
    pda.scan(f"]C100{parcel}")
    pda.page.wait_for_function("() => /1 (of|\\/) 1/.test(document.body.innerText)")
    pda.looks("load-one", swaps=False, sees=(LOADED[pda.language],))
    pda.swap()
    pda.looks("load-one", swaps=False, sees=(LOADED[pda.language],))


def test_counting_a_bin_blind_and_once_more(own_shop, pda):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-A-01-1", "W1-A-02-1"]})
    pda.page.reload()
    pda.page.wait_for_selector(".counts button")
    pda.page.click(".counts button")
    pda.sees(".where", "W1-A-01-1")
    pda.looks("count", sees=("W1-A-01-1",), says=("slot.from",))
    pda.scan("W1-A-01-1")
    pda.sees(".ask", pda.texts["slot.count_items"])
    pda.looks("count-open", says=("slot.count_items",))
    for counted in range(1, 4):
        pda.scan(code("SOAP"))
        pda.sees(".list", str(counted))
    pda.scan(f"{code('MILK')}(17)300630(30)48(10)L7")
    pda.sees(".list", "48")
    pda.dressed("count-tally")
    holds_all_commands(pda, UNDO, DONE, SKIP, NEXT, HELP)
    pda.looks("count-tally", sees=("3", "48", "Soap", "Oat milk"))
    pda.scan("W1-A-02-1")
    pda.sees(".where", "W1-A-02-1")
    pda.looks("count-next", sees=("W1-A-02-1",))
    pda.scan("CMD-DONE")
    pda.home()
    pda.looks("count-done")


def test_goods_come_back(own_shop, pda):
    parcel = packed(own_shop)
    colleague = own_shop.helper
    for scan in ("W1-DOOR-1", f"]C100{parcel}", "CMD-DONE"):
        colleague.scan(scan)
    pda.scan(f"]C100{parcel}")
    pda.sees(".title", "Soap")
    pda.looks("return", sees=("Soap", "2"))
    pda.scan(code("SOAP"))
    pda.sees(".ask", pda.texts["slot.grade"])
    pda.looks("return-grade", says=("slot.grade",))
    pda.stopped("return-wrong-card", "HOLD-QUALITY")
    pda.scan("GRADE-RESTOCK")
    pda.page.wait_for_function("(asked) => !document.querySelector('.ask')?.innerText.includes(asked)", arg=pda.texts["slot.grade"])
    pda.looks("return-next")


def test_goods_are_held_and_a_worker_may_not_release_them(own_shop, pda):
    lpn = own_shop.put("SOAP", 20, "W1-A-01-1")
    pda.scan("HOLD-QUALITY")
    pda.sees(".ask", pda.texts["slot.lpn_or_bin"])
    pda.looks("hold", says=("card.HOLD-QUALITY", "slot.lpn_or_bin"))
    pda.scan(lpn)
    own_shop.until(f"/api/v1/stock?lpn={lpn}", lambda rows: [row["status"] for row in rows] == ["hold"])
    pda.looks("held")
    pda.scan("CMD-DONE")
    pda.home()
    pda.stopped("hold-release-refused", "HOLD-RELEASE")


def test_asking_what_lies_in_a_bin(own_shop, pda):
    for bin_, item in (("W1-A-01-1", "SOAP"), ("W1-A-01-1", "TEA"), ("W1-A-02-1", "SOAP")):
        own_shop.put(item, 20, bin_)
    pda.scan("W1-A-01-1")
    pda.sees(".where", "W1-A-01-1")
    pda.looks("enquire-bin", sees=("Soap", "Green tea"))
    before = pda.page.inner_text(".ask")
    pda.scan(code("SOAP"))
    pda.page.wait_for_function("(before) => document.querySelector('.ask')?.innerText !== before", arg=before)
    pda.looks("enquire-move")
    pda.scan("CMD-DONE")
    pda.home()
    pda.looks("enquire-after")
