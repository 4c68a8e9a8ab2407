"""S10, S15, S16 in Chromium: names that are programs stay text on every page and screen; a foreign page's form changes nothing."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.browser.asked import Asked
from tests.browser.conftest import PASSWORD, PIN, browser, new_shop, own_shop, signed_in

PAYLOADS = [
    "<script>window.xss=1</script>", "<img src=x onerror=window.xss=1>", '"><svg onload=window.xss=1>', "<iframe srcdoc='<script>parent.xss=1</script>'>",
    "<b id=xss>bold</b>", "javascript:window.xss=1", "<a href=javascript:window.xss=1 id=xss>x</a>", "'-window.xss=1-'", '"-window.xss=1-"',
    "</title><script>window.xss=1</script>", "</textarea><img src=x onerror=window.xss=1>", "<svg><animate onbegin=window.xss=1 attributeName=x>",
    "<details open ontoggle=window.xss=1>", "<input autofocus onfocus=window.xss=1>", "<style>@import 'http://evil.example/x'</style>",
    "<link rel=stylesheet href=http://evil.example/x>", "<base href=http://evil.example/>", "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<object data=javascript:window.xss=1>", "<math><mi xlink:href=javascript:window.xss=1>x", "{{constructor.constructor('window.xss=1')()}}",
    "${window.xss=1}", "<template><img id=xss></template>", "&lt;img src=x onerror=window.xss=1&gt;", "<!--><img src=x onerror=window.xss=1>",
    "<img src=`x` onerror=window.xss=1>", "＜script＞window.xss=1＜/script＞", "<scr\u200bipt>window.xss=1</script>", "data:text/html,<script>window.xss=1</script>",
    "%3Cscript%3Ewindow.xss=1%3C/script%3E", "<form action=http://evil.example><button id=xss>",
]
WATCH = """window.broken = []; addEventListener('securitypolicyviolation', (e) => window.broken.push(e.violatedDirective + ' ' + e.blockedURI));"""
STRANGE = """() => [window.xss ? 'it ran' : '', ...window.broken, ...[...document.querySelectorAll(
    '#xss, [onerror], [onload], [onfocus], [ontoggle], [onbegin], iframe, object, embed, base, meta[http-equiv=refresh], a[href^="javascript:"], [src*="evil"], [href*="evil"]'
  )].map((e) => e.outerHTML)].filter(Boolean)"""
__all__ = ["browser", "new_shop", "own_shop"]


class Watched:
    """A page whose dialogs, errors and refusals by the content policy are collected."""

    def __init__(self, page):
        self.page, self.seen, self.asked = page, [], Asked(page)
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: (self.seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.seen.append(str(error)))
        page.on("console", lambda message: self.seen.append(message.text) if "Content Security Policy" in message.text else None)
        page.on("request", lambda request: self.seen.append(request.url) if "evil" in request.url.split("?")[0].split("#")[0] else None)

    def shows(self, text):
        self.page.wait_for_function("(t) => document.body.innerText.includes(t)", arg=text, timeout=60_000)
        self.is_clean()

    def is_clean(self):
        assert self.page.evaluate(STRANGE) == []
        assert self.seen == []


def seed(shop):
    """Every text that somebody can give is a payload."""
    office = shop.office
    for number, text in enumerate(PAYLOADS):
        office.call("PUT", f"/api/v1/items/X-{number:02d}", {"name": text, "packs": [{"level": "each", "quantity": 1, "barcodes": [f"XX-{number:02d}"]}]})
        office.call("PUT", f"/api/v1/workers/X-{number:02d}", {"name": text.replace("\u200b", ""), "pin": PIN})
        office.call("POST", "/api/v1/devices/enrol", {"code": shop.enrolment_code(), "name": text.replace("\u200b", "")})
        office.call("POST", "/api/v1/orders", {"site": "W1", "channel": text[:32].replace("\u200b", ""), "reference": f"{number} " + text.replace("\u200b", ""), "customer": text, "carrier": text[:64],
                                               "ship_to": {"name": text, "city": text}, "lines": [{"item": f"X-{number:02d}", "quantity": 1}]})
    for number in range(3):
        office.call("POST", "/api/v1/asns", {"code": f"<b id=xss>{number}", "site": "W1", "lines": [{"item": f"X-{at:02d}", "quantity": 5} for at in range(number, len(PAYLOADS), 3)]})
    office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-A-01-1"]})
    office.call("PUT", "/api/v1/release-rules", {"site": "W1", "name": PAYLOADS[1]})


def test_names_that_are_programs_are_text_on_every_page_and_screen(own_shop, browser):
    seed(own_shop)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.add_cookies([own_shop.cookie])
    office = Watched(context.new_page())
    office.page.goto(f"{own_shop.house.address}/devices")
    office.shows(PAYLOADS[1])
    for path in ("/dashboard", "/masterdata", "/figures", "/cards/badges", "/cards", "/api/docs", "/setup"):
        office.page.goto(f"{own_shop.house.address}{path}")
        office.asked.answered()
        office.is_clean()
        if path == "/cards/badges":
            office.shows(PAYLOADS[0])
    context.close()
    screen = signed_in(browser, own_shop, "usual", "en")
    pda = Watched(screen.page)
    pda.page.evaluate(WATCH)
    screen.scan("XX-01")
    pda.shows(PAYLOADS[1][:20])
    for number, text in enumerate(PAYLOADS):  # each is looked up: the item's name is the screen's title
        screen.scan(f"XX-{number:02d}")
        pda.shows(text[:20])
    screen.scan("W1-DOCK-1")
    screen.sees(".where", "W1-DOCK-1")
    pda.is_clean()
    screen.scan("XX-01")
    pda.page.wait_for_selector(".keys, .stop")
    pda.is_clean()
    screen.scan("(01)00000000000000")
    pda.page.wait_for_selector(".stop")
    pda.is_clean()
    assert screen.errors == []
    screen.page.context.close()


@pytest.fixture
def foreign_page(own_shop):
    """A page of another origin on the same machine, so that the browser sends our cookie along."""
    address = own_shop.house.address

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            body = (f"<form id=f method=post enctype=text/plain action='{address}/api/v1/counts'>"
                    "<input name='{\"site\":\"W1\",\"due\":true,\"item\":\"' value='\"}'><button>x</button></form>").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_form_that_another_page_posts_changes_nothing(own_shop, browser, foreign_page):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{own_shop.house.address}/dashboard")
    page.fill("input[name=badge]", "BOSS")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_selector("h2:has-text('Devices')")
    before = own_shop.office.call("GET", "/api/v1/counts")["items"]
    page.goto(foreign_page)
    with page.expect_response("**/api/v1/counts") as posted:
        page.click("button")
    assert posted.value.status in (401, 403)
    page.goto(foreign_page)
    answer = page.evaluate("""(url) => fetch(url, {method: 'POST', credentials: 'include', headers: {'Content-Type': 'application/json', 'X-Aisle-CSRF': '1'},
        body: '{"site":"W1","due":true}'}).then((r) => r.status, (e) => 'kept back')""", f"{own_shop.house.address}/api/v1/counts")
    assert answer == "kept back"
    assert own_shop.office.call("GET", "/api/v1/counts")["items"] == before
    context.close()

