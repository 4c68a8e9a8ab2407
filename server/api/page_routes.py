"""The pages of the web client, and the description of the API as a page of our own."""

from importlib.resources import files
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from server.api.parts import parts
from server.api.policy import POLICY_FOR_PICTURES

pages = APIBlueprint("pages", __name__, enable_openapi=False)
BLUEPRINTS = (pages,)
_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
          ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json", ".wasm": "application/wasm"}
_DECODER = "assets/decoder-"
_NAME_MAX = 200  # no file of ours is called so long, and the file system has a limit of its own
_NOT_BUILT = ("<!doctype html><title>Aisle</title><h1>The client is not built yet</h1>"
              "<p>Run <code>make demo</code> (or <code>npm ci &amp;&amp; npm run build</code> in handheld/), then look again.</p>")


@pages.get("/")
def client() -> Response:
    """The handheld's page."""
    return _page("index.html")


@pages.get("/dashboard")
def dashboard() -> Response:
    """The supervisor's page."""
    return _page("dashboard.html")


@pages.get("/station")
def station_page() -> Response:
    """The screen at a dock door or a gate."""
    return _page("station.html")


@pages.get("/fitness")
def fitness_page() -> Response:
    """Where a scanner is found out with three printed codes."""
    return _page("fitness.html")


@pages.get("/devices")
def devices_page() -> Response:
    """The devices' page, with the last labels as they look."""
    return _page_with_pictures("devices.html")


@pages.get("/labels")
def labels_page() -> Response:
    """Where labels are looked at, changed and printed by hand."""
    return _page_with_pictures("labels.html")


@pages.get("/figures")
def figures_page() -> Response:
    """What happened over days, weeks and months, in figures."""
    return _page("figures.html")


@pages.get("/look")
def look_page() -> Response:
    """The design: every part of our screens in every state."""
    return _page("look.html")


@pages.get("/masterdata")
def masterdata_page() -> Response:
    """Items, bins, people, devices and rules."""
    return _page("masterdata.html")


@pages.get("/orders")
def orders_page() -> Response:
    """Orders looked for, and the whole story of one."""
    return _page("orders.html")


@pages.get("/exceptions")
def exceptions_page() -> Response:
    """What of orders does not go by itself, and what is done about it."""
    return _page("exceptions.html")


@pages.get("/channels")
def channels_page() -> Response:
    """Where customers order: how each channel is, and its orders that none here agrees with."""
    return _page("channels.html")


@pages.get("/inbound")
def inbound_page() -> Response:
    """What suppliers have announced, and how much of it has come."""
    return _page("inbound.html")


@pages.get("/sales")
def sales_page() -> Response:
    """What the tills of shops have sold."""
    return _page("sales.html")


@pages.get("/returns")
def returns_page() -> Response:
    """What customers send back: what came, and what becomes of it."""
    return _page("returns.html")


@pages.get("/my-return")
def my_return_page() -> Response:
    """Where a customer announces a return and looks at it."""
    return _page("my-return.html")


@pages.get("/phone")
def phone_page() -> Response:
    """Where an order is taken in while the customer is on the phone."""
    return _page("phone.html")


@pages.get("/sourcing")
def sourcing_page() -> Response:
    """The rules by which orders are sourced: written, tried, put in force."""
    return _page("sourcing.html")


@pages.get("/guide")
def guide_page() -> Response:
    """From nothing to the first scan."""
    return _page("guide.html")


@pages.get("/reset")
def reset_page() -> Response:
    """Where a handheld forgets the page that it keeps, and nothing that it has to send."""
    return _page("reset.html")


@pages.get("/sw.js")
def worker() -> Response:
    """What keeps the handheld's page for a reload without network; where that is switched off, what forgets it."""
    return _page("sw.js" if parts().keeps_pages else "sw-off.js")


@pages.get("/setup")
def setup_page() -> Response:
    """Where the first administrator is made, who then goes to the guide."""
    return _page("guide.html")


@pages.get("/<client:name>")
def client_file(name: str) -> Response:
    """A file of the built client; names with a hash in them are kept by browsers for ever."""
    found = safe_join(str(parts().client_folder), name)
    if found is None or len(name.encode()) > _NAME_MAX or not Path(found).is_file():
        raise NotFound
    answer = _file(Path(found), keep=name.startswith("assets/"))
    if name.startswith(_DECODER):  # a worker has the policy of its own script, so that the handheld's page keeps the strict one
        answer.headers["Content-Security-Policy"] = POLICY_FOR_PICTURES
    return answer


@pages.get("/api/docs")
def docs() -> Response:
    """The API's description as a page."""
    return _docs_file("docs.html")


@pages.get("/api/docs/<path:name>")
def docs_file(name: str) -> Response:
    """What that page is made of."""
    if name not in ("docs.js", "docs.css"):
        raise NotFound
    return _docs_file(name)


def _docs_file(name: str) -> Response:
    content = (files("server.api") / "docs" / name).read_bytes()
    return Response(content, content_type=_TYPES[Path(name).suffix], headers={"Cache-Control": "no-cache"})


def _page(name: str) -> Response:
    found = parts().client_folder / name
    if not found.is_file():
        return Response(_NOT_BUILT, status=503, content_type="text/html; charset=utf-8", headers={"Retry-After": "30"})
    return _file(found, keep=False)


def _page_with_pictures(name: str) -> Response:
    """A page that draws labels by a program in WebAssembly, which its policy has to allow; no other page's does."""
    answer = _page(name)
    answer.headers["Content-Security-Policy"] = POLICY_FOR_PICTURES
    return answer


def _file(found: Path, *, keep: bool) -> Response:
    answer = send_file(found, mimetype=_TYPES.get(found.suffix, "application/octet-stream"), conditional=True)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if keep else "no-cache"
    return answer
