"""The three ways of being served, in a browser: what it grants, what the device shows, how it learns to trust the server."""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulators.house import House
from tests.browser.conftest import FLAGS, LOOK, PIN, SIZES, Screen, chromium
from tests.kept_port import KeptPort
from tests.trust.floor import until

NAME = "aisle.lan"
"""A name of the local network, which is no secure origin by itself as localhost is."""


class Secure:
    """A server with both ports, and browsers that know it or do not."""

    def __init__(self, folder: Path, new: Path) -> None:
        shutil.copytree(new, folder, dirs_exist_ok=True)
        self.kept = [KeptPort(), KeptPort()]
        self.plain_port, self.https_port = (one.number for one in self.kept)
        self.house = House(folder, self.plain_port, serve=("--https", "--https-port", str(self.https_port), "--https-name", NAME))
        self.house.start()
        self.plain, self.https = f"http://{NAME}:{self.plain_port}", f"https://{NAME}:{self.https_port}"

    def known(self) -> str:
        """The flag by which a browser trusts this server's key, as it would with the authority installed."""
        held = x509.load_pem_x509_certificate((self.house.folder / "certificates" / "server.pem").read_bytes())
        key = held.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"--ignore-certificate-errors-spki-list={base64.b64encode(hashlib.sha256(key).digest()).decode()}"

    def close(self) -> None:
        self.house.stop()
        for one in self.kept:
            one.close()

    def code(self) -> str:
        """From the command line: nobody is signed in here."""
        return str(self.house.command("device", "code", "--site", "W1")["code"])


@pytest.fixture(scope="module")
def secure(new_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    secure = Secure(tmp_path_factory.mktemp("secure"), new_shop)
    yield secure
    secure.close()


@pytest.fixture(scope="module")
def launch(browser: Any) -> Iterator[Any]:
    """Browsers with flags of their own."""
    open_now = []

    def start(*flags: str) -> Any:
        open_now.append(browser.browser_type.launch(executable_path=chromium(), args=[
            *FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1", *flags]))
        return open_now[-1]

    yield start
    for one in open_now:
        one.close()


def page_of(browser: Any, language: str = "en", **more: Any) -> Any:
    context = browser.new_context(viewport={"width": SIZES["small"][0], "height": SIZES["small"][1]}, locale=language, has_touch=True, **more)
    return context.new_page()


def tier(page: Any) -> str:
    page.wait_for_function("() => !['', 'asking', undefined].includes(document.body.dataset.tier)", timeout=30_000)
    return str(page.evaluate("document.body.dataset.tier"))


def signed_in(secure: Secure, page: Any, address: str) -> Screen:
    page.goto(f"{address}/#enrol={secure.code()}")
    page.click("button.main")
    page.wait_for_function("() => document.querySelectorAll('input').length === 2")
    page.wait_for_timeout(300)
    screen = Screen(page, [])
    screen.scan("ANN")
    page.wait_for_selector(".keys")
    screen.type_in(PIN)
    screen.home()
    return screen


def test_a_browser_that_trusts_the_authority_is_in_tier_a_and_outlives_a_reload_without_network(secure, launch):
    page, frames = page_of(launch(secure.known())), list[str]()
    page.on("websocket", lambda wire: wire.on("framereceived", lambda frame: frames.append(f"{wire.url[:6]} {str(frame)[:2]}")))
    page.goto(f"{secure.plain}/enrol")
    assert tier(page) == "A"
    screen = signed_in(secure, page, secure.https)
    page.wait_for_selector(".tier b:text-is('A')")
    screen.fits()
    until(lambda: page.wait_for_timeout(50) or "wss:// 40" in frames)
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.wait_for_selector(".type")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector(".type")
    screen.keep("trust-a")


def test_a_browser_that_does_not_know_the_server_is_told_how_to_and_shown_the_fingerprint(secure, launch):
    browser = launch()
    for language in ("en", "zh-CN"):
        page = page_of(browser, language)
        page.goto(f"{secure.plain}/enrol")
        assert tier(page) == "D"
        assert page.inner_text("#fingerprint") == json.loads(page.evaluate("fetch('/enrol/facts.json').then((a) => a.text())"))["fingerprint"]
        assert ("证书" if language == "zh-CN" else "CA certificate") in page.inner_text("#steps")
        page.wait_for_function("() => [...document.querySelectorAll('#certificate-qr, #https-qr')].every((one) => one.naturalWidth > 100)")
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate(LOOK.replace("#app *", "body *"))["small"] == []
            if folder := os.environ.get("AISLE_PICTURES"):
                page.screenshot(path=f"{folder}/enrol-{language}-{size}.png", full_page=True)
        page.context.close()


def test_a_certificate_that_was_clicked_through_is_not_taken_for_trust(secure, launch):
    page = page_of(launch(), ignore_https_errors=True)
    page.goto(f"{secure.https}/enrol")
    assert tier(page) == "U"


@pytest.mark.parametrize(("flags", "letter"), [((), "B"), (("--unsafely-treat-insecure-origin-as-secure={plain}",), "C")])
def test_a_plain_page_says_that_it_must_stay_open_unless_the_devices_management_allows_it(shop, launch, flags, letter):
    plain = f"http://{NAME}:{shop.house.port}"
    page = page_of(launch(*(flag.format(plain=plain) for flag in flags)))
    page.goto(f"{plain}/enrol")
    assert tier(page) == letter
    page.goto(f"{plain}/#enrol={shop.enrolment_code()}")
    page.click("button.main")
    page.wait_for_function("() => document.querySelectorAll('input').length === 2")
    page.wait_for_selector(f".tier b:text-is('{letter}')")
    screen = Screen(page, [])
    screen.fits()
    assert ("keep open" in page.inner_text(".bar")) == (letter == "B")
    screen.keep(f"trust-{letter.lower()}")
    page.click(".tier")
    screen.sees(".stop", f"{letter}: not encrypted")
    screen.fits()
    screen.keep(f"trust-{letter.lower()}-explained")


def test_a_plain_page_is_open_once_and_asks_before_it_is_closed_with_something_unsent(shop, launch):
    plain = f"http://{NAME}:{shop.house.port}"
    page = page_of(launch())
    page.goto(f"{plain}/#enrol={shop.enrolment_code()}")
    page.click("button.main")
    page.wait_for_function("() => document.querySelectorAll('input').length === 2")
    assert page.evaluate("navigator.locks === undefined")
    other = page.context.new_page()
    other.goto(plain)
    other.wait_for_function("() => document.body.innerText.includes('another tab')", timeout=30_000)
    other.close()
    page.wait_for_timeout(300)
    screen = Screen(page, [])
    screen.scan("ANN")
    page.wait_for_selector(".keys")
    screen.type_in(PIN)
    screen.home()
    screen.scan(shop.asn(SOAP=4))
    screen.sees(".title", "Soap")
    page.route("**/api/v1/socket-tokens", lambda route: route.abort())
    page.reload()
    page.wait_for_selector(".ask")
    page.route("**/api/v1/operations", lambda route: route.abort())
    page.click(".where, .title")
    screen.scan("(01)09506000134352(30)4")
    page.wait_for_selector(".unsent")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    assert until(lambda: bool(asked) or page.wait_for_timeout(50))
    assert (asked, page.is_closed()) == (["beforeunload"], False)
