"""A picture is given on the page, and seen by the worker who handles the item, with the network and without."""

import io

import pytest
from PIL import Image

from simulators.good_pictures import picture_of
from simulators.goods import gtin
from tests.browser.asked import comes
from tests.browser.test_away import cut
from tests.browser.test_masterdata import Office
from tests.waiting import until

JAM, TIN = ("JAM", "Blackcurrant jam, 340 g", gtin(901)), ("TIN", "Biscuit tin", gtin(902))
SHOWN = "() => [...document.querySelectorAll('.what img.picture')].some((one) => one.complete && one.naturalWidth > 0)"
HAS_TWO = """() => new Promise((told) => { const opened = indexedDB.open('aisle-pictures'); opened.onsuccess = () => {
  if (!opened.result.objectStoreNames.contains('pictures')) { opened.result.close(); return told(false); }
  const asked = opened.result.transaction('pictures').objectStore('pictures').count();
  asked.onsuccess = () => { opened.result.close(); told(asked.result >= 2); }; }; })"""


@pytest.fixture
def jam_and_tin(shop):
    for code, name, number in (JAM, TIN):
        shop.office.call("PUT", f"/api/v1/items/{code}", {"name": name, "packs": [{"level": "each", "quantity": 1, "barcodes": [number]}]})
    shop.office.call("PUT", f"/api/v1/item-pictures/{TIN[0]}", picture_of("Lantern, large"))


def photographed(path):
    """As a phone takes it: lying on its side, with a note how to turn it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(io.BytesIO(picture_of("Honey, large"))).resize((3000, 3000)).rotate(90).save(path, "JPEG", exif=exif)
    return path


def test_a_picture_given_on_the_page_is_seen_on_the_handheld_with_the_network_and_without(shop, jam_and_tin, desk, screen, tmp_path):
    page = desk("/masterdata", "zh-CN")
    office = Office(page)
    page.page.fill("input[name=search]", "JAM")
    office.open("JAM")
    office.looks("picture-none")
    (tmp_path / "words.png").write_text("no picture")
    page.page.set_input_files("dialog input[name=picture]", tmp_path / "words.png")
    page.page.wait_for_selector("dialog .notice.bad:has-text('这不是图片')")
    page.page.set_input_files("dialog input[name=picture]", photographed(tmp_path / "jam.jpg"))
    page.page.wait_for_function("() => document.querySelector('dialog .looks img')?.naturalWidth === 480")
    page.page.wait_for_selector("dialog .notice.bad", state="detached")
    office.looks("picture")

    pda = screen("usual")
    shop.papers += 1
    paper = f"ASN-{shop.papers}"
    shop.office.call("POST", "/api/v1/asns", {"code": paper, "site": "W1", "lines": [{"item": one[0], "quantity": 5} for one in (JAM, TIN)]})
    pda.scan(paper)
    pda.sees(".title", JAM[1])
    pda.page.wait_for_function(SHOWN)
    pda.looks("picture-receive", sees=(JAM[1], "5"))
    comes(pda.page, HAS_TWO)
    cut(pda)
    pda.page.wait_for_function(SHOWN)
    pda.scan(f"(01){JAM[2]}(30)5")
    pda.sees(".title", TIN[1])
    pda.page.wait_for_function(SHOWN)
    pda.looks("picture-away", sees=(TIN[1],))
    pda.page.context.set_offline(offline=False)
    pda.page.wait_for_selector(".unsent", state="detached", timeout=30_000)

    page.page.click("dialog .looks button:text-is('移除图片')")
    page.page.wait_for_selector("dialog .looks img", state="detached")
    assert until(lambda: shop.office.call("GET", "/api/v1/items/JAM")["kept_picture"] is None)
    assert pda.errors == []


def test_a_picture_that_is_dropped_on_a_new_item_is_kept_with_it(shop, desk):
    page = desk("/masterdata")
    office = Office(page)
    page.page.click(".toolbar button.main")
    office.fill(code="JAR", name="Empty jar", quantity="1")
    dropped = page.page.evaluate_handle("(bytes) => { const all = new DataTransfer(); all.items.add(new File([new Uint8Array(bytes)], 'jar.png', { type: 'image/png' })); return all; }",
                                        list(picture_of("Honey, small")))
    page.page.dispatch_event("dialog .looks", "drop", {"dataTransfer": dropped})
    page.page.wait_for_function("() => document.querySelector('dialog .looks img')?.naturalWidth === 480")
    office.save()
    assert until(lambda: (shop.office.call("GET", "/api/v1/items/JAR")["kept_picture"] or "").startswith("/api/v1/pictures/"))
