"""The page of labels: a label of ours is changed without code, seen while it is written, proved, printed by, and taken back."""

import base64
import io
import json
import os

import pytest
from PIL import Image, ImageChops

from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort
from tests.browser.conftest import ITEMS, LOOK, PASSWORD, Screen, Shop
from tests.waiting import until

LONG = pytest.mark.skipif(not os.environ.get("AISLE_LONG"), reason="the same in the other language: set AISLE_LONG")
LONG_TOO = pytest.mark.skipif(not os.environ.get("AISLE_LONG"), reason="the server's own tests refuse it too: set AISLE_LONG")
SIZES = [(360, 640), (768, 1024), (1280, 800)]
MORE = '\n[[element]]\nkind = "text"\nx = 60\ny = 60\nwidth = 38\nsize = 6\ntext = "GENTLY"\n'
HOSTILE = "<img src=x onerror=window.xss=1>"
WORDS = {"en": {"keep": "Keep as a new version", "live": "Have it print from now on", "back": "Have ours print again", "print": "Print", "begin": "Begin a new one", "ours": "Ours", "unread": "A scanner does not read the code",
                "open": "Open", "gently": "there is no field 'gently'", "page": "This is a document of pages with a line for each row", "other": "W1 prints another version of it", "same": "Have W1 print what all print", "refused": "is no whole number"},
         "zh-CN": {"keep": "保存为新版本", "live": "从现在起用它打印", "back": "恢复内置标签", "print": "打印", "begin": "新建标签", "ours": "内置标签", "unread": "扫描器无法从标签上正确读取条码",
                   "open": "打开", "gently": "没有字段 'gently'", "page": "这是分页、逐行打印的单据", "other": "W1 使用另一个版本", "same": "W1 改用所有仓库的标签", "refused": "不是从 0 起的整数"}}


@pytest.fixture(scope="module")
def shop_of_labels(browser, new_shop, tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("labels"), new_shop)
    shop.printer = LabelPrinter(label_seconds=0.01)
    port = TcpPort(shop.printer)
    shop.office.call("PUT", "/api/v1/printers/zebra", {"site": "W1", "url": port.url, "zone": "DOCK"})
    shop.office.call("PUT", "/api/v1/workers/SUE", {"name": "Sue", "role": "supervisor", "site": "W1", "pin": "582946", "password": PASSWORD})
    yield shop
    shop.house.stop()
    port.close()


class LabelsPage(Screen):
    """The page as somebody who signed in has it."""

    def __init__(self, browser, shop, language: str, badge: str = "BOSS") -> None:
        page = browser.new_context(viewport={"width": 1280, "height": 800}, locale=language).new_page()
        super().__init__(page, [], language)
        self.shop, self.words = shop, WORDS[language]
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.context.request.post(f"{shop.house.address}/api/v1/sessions", data={"badge": badge, "password": PASSWORD})
        page.goto(f"{shop.house.address}/labels")
        page.wait_for_selector("nav .many button")

    def choose(self, name: str) -> Image.Image:
        self.page.click(f"nav .many button:has(small:text('{name} ·'))")
        self.page.wait_for_selector(f"nav .many button[aria-pressed=true]:has(small:text('{name} ·'))")
        return self.picture()

    def write(self, source: str) -> None:
        self.page.fill(".lines textarea", source)

    def description(self) -> str:
        return self.page.input_value(".lines textarea")

    def picture(self, other: str = "") -> Image.Image:
        """The label as it is drawn now, once it is another one than that of the address."""
        self.page.wait_for_function("(o) => { const i = document.querySelector('.drawn:not(.old)[aria-busy=false] img'); return i && i.complete && i.src !== o }", arg=other)
        return Image.open(io.BytesIO(base64.b64decode(self.address().partition(",")[2]))).convert("L")

    def address(self) -> str:
        return self.page.get_attribute(".drawn img", "src")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.words[name], exact=True).first.click()

    def told(self) -> str:
        return self.page.inner_text(".notice")

    def is_told(self, part: str) -> None:
        self.page.wait_for_selector(f".notice.good:has-text('{part}')", timeout=30_000)

    def looks(self, name: str) -> None:
        """Nothing is cut, pale, too small for a thumb, or wider than the screen."""
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            self.keep(f"labels-{name}-{self.language}-{width}")
            assert until(lambda: self.wrong() == {"small": [], "cut": [], "pale": []}), (width, self.wrong())
            assert until(lambda: self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")), width
        self.page.set_viewport_size({"width": 1280, "height": 800})

    def wrong(self) -> dict[str, list[str]]:
        found = self.page.evaluate(LOOK)
        return {what: found[what] for what in ("small", "cut", "pale")}

    def printed(self, count: int) -> bytes:
        assert until(lambda: len(self.shop.printer.labels) >= count)
        return self.shop.printer.labels[count - 1]


@pytest.fixture(scope="module", params=[pytest.param("en", marks=LONG), "zh-CN"])
def admins(request, browser, shop_of_labels):
    """One for all tests of a language: what draws is some megabytes, and is brought once."""
    page = LabelsPage(browser, shop_of_labels, request.param)
    yield page
    page.page.context.close()


@pytest.fixture
def page(admins):
    yield admins
    assert admins.errors == []


def receives_soap(shop) -> None:
    pda = shop.helper
    pda.scan(shop.asn(SOAP=5))
    pda.scan(f"(01){ITEMS['SOAP'][1]}(30)5")


def test_our_label_is_changed_seen_kept_printed_by_and_taken_back(page):
    before, printed = page.choose("lpn"), len(page.shop.printer.labels)
    ours, old = page.description(), page.address()
    page.write(ours + MORE)
    changed = page.picture(other=old)
    where = ImageChops.difference(before, changed).getbbox()
    assert changed.size == before.size == (812, 609)
    assert where is not None and where[0] >= 60 * 8 - 8 and where[1] >= 60 * 8 - 8
    page.write((ours + MORE).replace("GENTLY", "{{gently}}"))
    page.page.wait_for_selector(".beside")
    page.page.wait_for_selector(".numbers b")
    assert page.page.inner_text(".numbers b").strip() == str((ours + MORE).partition('text = "GENTLY')[0].count("\n") + 1)
    assert page.words["gently"] in page.page.inner_text(".beside")
    assert page.page.get_attribute(".drawn.old img", "src") != old
    page.looks("wrong")
    page.write(ours + MORE)
    page.picture()
    page.press("keep")
    page.is_told("lpn")
    page.press("live")
    page.is_told("LPN00000001")
    receives_soap(page.shop)
    assert b"GENTLY" in page.printed(printed + 1)
    page.page.select_option(".print select", "zebra")
    page.page.fill(".print input", "2")
    page.press("print")
    page.page.wait_for_selector(".print .good:has-text('zebra')")
    assert b"^PQ2" in page.printed(printed + 3) and b"GENTLY" in page.printed(printed + 3)
    if os.environ.get("AISLE_LONG"):
        page.looks("printed")
    page.page.locator(".version", has_text=page.words["back"]).get_by_role("button", name=page.words["open"], exact=True).click()
    page.page.wait_for_selector(".title span:empty", state="attached")
    assert until(lambda: page.description() == ours)
    with page.page.expect_response(lambda answer: answer.request.method == "DELETE"):  # the title is empty before it, too
        page.press("back")
    receives_soap(page.shop)
    assert b"GENTLY" not in page.printed(printed + 4)


def test_a_name_or_text_that_is_a_program_is_text_and_what_is_not_kept_is_asked_about(page):
    asked = list[str]()
    page.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.press("begin")
    page.picture()
    began = page.description()
    page.write(began.replace('"pallet-de"', json.dumps(HOSTILE)))
    page.page.wait_for_selector(f".beside:has-text('{HOSTILE[:20]}')")
    name = f"shelf-{page.language.lower()}"
    page.write(began.replace('"pallet-de"', f'"{name}"').replace('"Pallet"', json.dumps(HOSTILE)).replace("LOT {{lot}}", HOSTILE))
    page.page.wait_for_selector(".beside", state="detached")
    page.picture()
    page.page.click("nav .many button")
    assert asked == [{"en": "What you wrote is not kept. Leave it?", "zh-CN": "您写的内容尚未保存。确定离开吗？"}[page.language]]
    page.press("keep")
    page.is_told(name)
    page.choose("location")
    page.choose(name)
    assert page.page.inner_text(".title").startswith(HOSTILE)
    assert page.page.get_by_role("button", name=page.words["print"], exact=True).count() == 0
    page.press("live")
    page.is_told("1")
    assert page.page.evaluate("window.xss ?? document.querySelectorAll('[onerror]').length") == 0
    assert len(asked) == 1


@LONG_TOO
def test_a_version_that_no_scanner_reads_says_so_beside_its_button_and_ours_goes_on_printing(page):
    page.choose("location")
    page.write(page.description() + '\n[[element]]\nkind = "box"\nx = 20\ny = 18\nwidth = 75\nheight = 30\nfilled = true\n')
    page.press("keep")
    page.is_told("location")
    page.press("live")
    page.page.wait_for_selector(f".version .bad:has-text('{page.words['unread']}')", timeout=30_000)
    page.looks("refused")
    assert page.page.locator("nav .many button", has_text="location ·").inner_text().endswith({"en": "ours prints", "zh-CN": "使用内置标签"}[page.language])


def test_other_pages_lead_here(desk, shop_of_labels):
    one = desk("/devices", at=shop_of_labels)
    one.in_bar("a[href='/labels']")
    one.page.wait_for_selector("nav .many button")


def test_the_picture_follows_values_of_ones_own_and_what_is_wrong_with_one_is_said_beside_it(page):
    page.choose("lpn")
    old = page.address()
    page.page.get_by_label("code").fill("LPN99999999")
    page.picture(other=old)
    page.page.get_by_label("quantity").fill("1.5")
    page.page.wait_for_selector(f"label:has(input[aria-invalid=true]) .bad:has-text(\"{page.words['refused']}\")")
    assert page.page.query_selector(".drawn.old img") is not None
    assert page.page.get_by_role("button", name=page.words["print"], exact=True).count() == 0


def test_a_version_prints_in_the_warehouse_that_is_chosen_and_is_taken_back_there(page):
    page.choose("item")
    ours, printed = page.description(), len(page.shop.printer.labels)
    page.write(ours + MORE.replace("60", "2", 1).replace("60", "2", 1))
    page.picture()
    page.press("keep")
    page.is_told("item")
    page.page.select_option(".versions select", "W1")
    page.press("live")
    page.is_told("W1")
    page.page.wait_for_selector("nav button[aria-pressed=true] small:has-text('W1: ')")
    page.page.select_option(".print select", "zebra")
    page.press("print")
    assert b"GENTLY" in page.printed(printed + 1)
    page.looks("warehouse")
    page.page.locator(".version", has_text=page.words["ours"]).get_by_role("button", name=page.words["open"], exact=True).click()
    page.page.wait_for_selector(f".print p:has-text('{page.words['other']}')")
    assert page.page.get_by_role("button", name=page.words["print"], exact=True).count() == 0
    page.page.select_option(".versions select", "W1")
    page.press("same")
    page.page.wait_for_selector("nav button[aria-pressed=true] small:not(:has-text('W1: '))")
    page.page.select_option(".print select", "zebra")
    page.press("print")
    assert b"GENTLY" not in page.printed(printed + 2)


def test_a_list_says_that_it_is_no_label_that_one_could_describe(page):
    page.choose("packing_list")
    assert page.words["page"] in page.page.inner_text(".write")
    assert page.page.query_selector(".lines") is None
    page.looks("list")


def test_a_supervisor_prints_and_sees_no_button_that_would_change_a_label(browser, shop_of_labels):
    page, printed = LabelsPage(browser, shop_of_labels, "en", badge="SUE"), len(shop_of_labels.printer.labels)
    page.page.click("nav .many button:has(small:text('location ·'))")
    page.page.get_by_label("code").fill("W1-Z-99-9")
    page.page.select_option(".print select", "zebra")
    page.press("print")
    assert b"W1-Z-99-9" in page.printed(printed + 1)
    assert {one.inner_text() for one in page.page.query_selector_all("main button")} == {"203 dpi", "300 dpi", "600 dpi", "The sample again", "Print"}
    assert page.page.query_selector("nav .new, .lines") is None
    assert page.errors == []
    page.page.context.close()
