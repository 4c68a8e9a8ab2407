"""A device without a scanner reads codes with its camera: one that fits is a scan by itself, of several that fit one is tapped."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import FLAGS, ITEMS, Screen, Shop, chromium, signed_in
from tests.browser.test_away import kept

WIDTH, HEIGHT, FRAMES = 1280, 720, 3
CAMERA = """
    Object.defineProperty(MediaStreamTrack.prototype, "getCapabilities", { value: () => ({ torch: true, zoom: { min: 1, max: 4, step: 0.1 } }) });
    window.asked = [];
    MediaStreamTrack.prototype.applyConstraints = (one) => { window.asked.push(one.advanced[0]); return Promise.resolve(); };
"""
NO_WEBASSEMBLY = "() => WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => 'runs', () => 'refused')"


def drawn(code: str) -> Image.Image:
    """GS1-128 for what has application identifiers, EAN-13 for thirteen digits, else Code 128."""
    if code.startswith("("):
        made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128, gs1=True)
    else:
        made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13 if len(code) == 13 and code.isdigit() else zxingcpp.BarcodeFormat.Code128)
    image = Image.fromarray(made.to_image(scale=2))
    return image.resize((image.width, 110))


def film(*codes: str) -> bytes:
    """Codes one above the other in the middle of what a camera sees, as motion JPEG."""
    frame = Image.new("L", (WIDTH, HEIGHT), 205)
    for number, code in enumerate(codes):
        image = drawn(code)
        sheet = Image.new("L", (image.width + 60, image.height + 40), 255)
        sheet.paste(image, (30, 20))
        frame.paste(sheet, ((WIDTH - sheet.width) // 2, HEIGHT * (number + 1) // (len(codes) + 1) - sheet.height // 2))
    out = io.BytesIO()
    frame.convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue() * FRAMES


@pytest.fixture(scope="module")
def filming(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    """A browser whose camera sees what is in a file when it is opened."""
    reel = tmp_path_factory.mktemp("camera") / "seen.mjpeg"
    reel.write_bytes(film("NOTHING"))
    started = browser.browser_type.launch(executable_path=chromium(), args=[
        *FLAGS, "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={reel}"])
    yield started, reel
    started.close()


@pytest.fixture
def sees(filming: tuple[Any, Path], shop: Shop) -> Iterator[Callable[..., Screen]]:
    started, reel = filming
    made: list[Screen] = []

    def make(*codes: str, size: str = "usual", language: str = "en") -> Screen:
        reel.write_bytes(film(*codes))
        made.append(signed_in(started, shop, size, language))
        return made[-1]

    yield make
    for one in made:
        one.page.context.close()


def opened(pda: Screen) -> None:
    pda.page.click(".camera-open")
    pda.page.wait_for_selector(".camera-view video")


def test_a_code_is_read_by_a_worker_while_the_page_itself_may_run_no_webassembly(shop, sees, record_property):
    asked = []
    pda = sees(shop.asn(TEA=5))
    kept(pda)
    pda.page.reload()  # now the worker that keeps the page is there
    pda.home()
    pda.page.on("request", lambda request: asked.append(request.url))
    assert pda.page.evaluate("performance.getEntriesByType('resource').filter((one) => /zxing|decoder|sheet/.test(one.name)).length") == 0
    opened(pda)
    pda.sees(".camera-asked", "")
    pda.page.wait_for_function("() => performance.getEntriesByName('camera-first-code').length")
    record_property("camera_first_code_ms", pda.page.evaluate("performance.getEntriesByName('camera-first-code')[0].duration"))
    pda.sees(".camera-asked", "Scan the item")
    pda.page.click(".camera-bar button")
    pda.sees(".title", "Green tea")
    assert pda.page.evaluate(NO_WEBASSEMBLY) == "refused"
    assert [url for url in asked if not url.startswith((shop.house.address, "blob:", "data:", "ws:"))] == []
    pda.page.context.set_offline(True)
    pda.page.reload()
    pda.sees(".title", "Green tea")
    pda.page.click(".buttons button >> nth=-1")
    opened(pda)
    pda.page.wait_for_function("() => performance.getEntriesByName('camera-first-code').length")
    assert [one for one in pda.errors if "WebAssembly" not in one] == []


@pytest.mark.parametrize(("size", "language"), [("small", "en"), ("usual", "zh-CN")])
def test_of_several_codes_the_one_that_the_form_wants_is_taken_by_itself(shop, sees, size, language):
    pda = sees(ITEMS["SOAP"][1][1:], f"(01){ITEMS['TEA'][1]}(30)5", "REF-4711", size=size, language=language)
    paper = shop.asn(TEA=5)
    pda.scan(paper)
    pda.sees(".title", "Green tea")
    pda.page.click(".buttons button >> nth=-1")
    opened(pda)
    pda.page.wait_for_function("() => document.querySelectorAll('.camera-outlines polygon').length === 2")
    pda.looks("camera-task")
    shop.until(f"/api/v1/inbound/{paper}", lambda lines: [line["received"] for line in lines] == [5], name="lines")
    assert pda.errors == []


def test_where_the_device_cannot_tell_which_is_meant_a_tap_does(shop, sees, language):
    papers = [shop.asn(TEA=5), shop.asn(SOAP=7)]
    pda = sees(*papers, size="small", language=language)
    pda.page.add_init_script(CAMERA)
    pda.page.reload()
    pda.home()
    opened(pda)
    pda.page.wait_for_function("() => document.querySelectorAll('.camera-choices button').length === 2")
    pda.looks("camera-choose", sees=tuple(papers))
    pda.page.click(".camera-bar [aria-pressed]")
    pda.page.click(".camera-bar button >> nth=2")
    assert pda.page.evaluate("window.asked.slice(-2)") == [{"torch": True}, {"zoom": 2}]
    pda.page.click(f".camera-choices button:text-is('{papers[1]}')")
    pda.page.click(".camera-bar button")
    pda.sees(".title", "Soap")
    assert pda.errors == []


def test_without_a_camera_a_picture_is_taken_instead(screen, language):
    pda = screen("small", language)
    opened(pda)
    pda.page.wait_for_selector(".camera-says.trouble")
    pda.looks("camera-none", sees=(("No camera was found" if language == "en" else "未找到摄像头"),))
    assert pda.page.query_selector(".camera-bar .photo input") is not None
    assert pda.errors == []
