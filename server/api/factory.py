"""The web application: blueprints, who may come in, and the headers that every answer carries."""

import time
from contextlib import suppress

from apiflask import APIFlask
from flask import Response, g, request
from werkzeug.routing import IntegerConverter, PathConverter, ValidationError

from server.api import (
    block_routes,
    board_routes,
    card_routes,
    carton_routes,
    channel_routes,
    csv_routes,
    device_routes,
    enrol_routes,
    exception_routes,
    figure_routes,
    fitness_routes,
    floor_routes,
    guide_routes,
    health_routes,
    inbound_routes,
    item_picture_routes,
    item_routes,
    listing_routes,
    load_routes,
    location_routes,
    my_return_routes,
    order_change_routes,
    order_exception_routes,
    order_routes,
    page_routes,
    people_routes,
    phone_routes,
    picture_routes,
    printing_routes,
    promise_routes,
    release_routes,
    return_routes,
    rma_routes,
    sale_routes,
    shift_routes,
    site_routes,
    sourcing_routes,
    station_routes,
    stock_routes,
    task_routes,
    template_routes,
    wave_routes,
    work_routes,
)
from server.api.bodies import StrictJson, guard_body, is_hostile
from server.api.description import describe
from server.api.measured import measure_requests
from server.api.parts import Parts
from server.api.policy import POLICY
from server.api.problems import install
from server.api.rules import LazyRule
from server.kernel.errors import Invalid, NotAllowed, Unavailable
from server.kernel.transaction import Tx
from server.masterdata.api_keys import key_used
from server.masterdata.callers import Caller, cookie_name, identify
from server.masterdata.permissions import EVERYBODY, ROUTES, guard
from server.masterdata.sign_in import session_used

BODY_MAX = 1_000_000
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
}
_ROUTES = (block_routes, board_routes, card_routes, carton_routes, channel_routes, csv_routes, device_routes, enrol_routes, exception_routes, figure_routes,
           fitness_routes, floor_routes, guide_routes, health_routes, inbound_routes, item_picture_routes, item_routes, listing_routes, load_routes,
           location_routes, order_change_routes, order_exception_routes, order_routes, page_routes, people_routes, phone_routes, picture_routes, printing_routes, promise_routes, release_routes, return_routes,
           shift_routes, site_routes, sourcing_routes, station_routes, stock_routes, task_routes, template_routes, wave_routes, work_routes, rma_routes, my_return_routes, sale_routes)


class ClientPath(PathConverter):
    """A path of the client's: what begins with api/ is the API's, and where that has nothing there is nothing."""

    regex = "(?!api/)[^/].*?"


class RowNumber(IntegerConverter):
    """A number in an address that a database can have given: others are at no address."""

    def to_python(self, value: str) -> int:
        """The number; what is larger than 64 bits is not found."""
        if len(value) > 18:
            raise ValidationError
        return int(super().to_python(value))


def make_web(parts: Parts) -> APIFlask:
    """The Flask application over these parts."""
    app = APIFlask("aisle", title="Aisle", version="1", spec_path="/api/openapi.json", docs_path=None,
                  static_folder=str(parts.client_folder / "never"), static_url_path="/never")
    app.url_rule_class = LazyRule
    app.json = StrictJson(app)
    app.url_map.converters.update(int=RowNumber, client=ClientPath)
    app.config.update(OPENAPI_VERSION="3.1.0", MAX_CONTENT_LENGTH=BODY_MAX, JSON_SORT_KEYS=False, AUTO_OPERATION_ID=True,
                      DESCRIPTION="Runs a warehouse floor. Lists come in pages; errors are RFC 9457 problem details.")
    app.security_schemes = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key (key_...) or a device token (dev_...)"},
        "session": {"type": "apiKey", "in": "cookie", "name": "aisle_session"},
    }
    app.extensions["aisle"] = parts
    app.spec_processor(describe)  # type: ignore[arg-type]  # the document may be text for YAML, which is not served
    install(app)
    for module in _ROUTES:
        for blueprint in module.BLUEPRINTS:
            app.register_blueprint(blueprint)
    measure_requests(app, parts.measures)
    app.before_request(enrol_routes.only_the_door)
    app.before_request(lambda: _let_in(parts))
    app.before_request(_guard_text)
    app.after_request(_with_headers)
    return app


def _let_in(parts: Parts) -> None:
    g.caller = Caller(address=request.remote_addr or "")
    endpoint = request.endpoint
    if endpoint is None:
        return  # Flask answers 404 or 405 by itself
    permit = ROUTES.get(endpoint)
    is_signed_otherwise = endpoint == channel_routes.HOOK  # some platforms put their signature where our callers put their token
    if permit is not None and permit.roles == EVERYBODY and (is_signed_otherwise or "Authorization" not in request.headers):
        return  # a cookie that has run out must not keep anybody from signing in, nor a database that is away from the pages
    cookie = request.cookies.get(cookie_name(is_secure=parts.is_secure), "")
    g.caller = me = parts.database.read(lambda tx: identify(tx, dict(request.headers), cookie, request.remote_addr or ""))
    guard(me, permit)
    if me.roles:
        parts.callers.take(("key", me.key_id) if me.key_id is not None else (me.worker_id, me.device_id), 1, time.monotonic())
    if me.is_browser and request.method not in _SAFE:
        _guard_forgery(parts)
    if me.session_is_old or me.key_id is not None:
        with suppress(Unavailable):  # a disk that is full must not keep anybody from reading
            parts.database.write(lambda tx: _note_use(tx, me), backlog=True)


def _guard_text() -> None:
    """Signs that no database or label takes are refused here; scans are read by those who know them."""
    is_floors = (request.endpoint or "").startswith("floor.")
    is_picture = request.endpoint in picture_routes.PICTURES
    is_hook = request.endpoint == channel_routes.HOOK
    if not is_floors and any(map(is_hostile, [request.path, *(value for _, value in request.args.items(multi=True))])):
        raise Invalid("The address holds a NUL or a half of a character.", field="address")
    if is_picture:
        request.max_content_length = picture_routes.PICTURE_BYTES_MAX
    elif is_hook:  # written by others, in whatever form they have: who knows its signature reads it
        request.max_content_length = channel_routes.HOOK_BYTES_MAX
    elif request.endpoint is not None:
        guard_body(is_floors=is_floors)


def _guard_forgery(parts: Parts) -> None:
    """A page of somebody else can make the browser send the cookie, but not this header, and it has another origin."""
    origin = request.headers.get("Origin", "")
    own = {request.host_url.rstrip("/"), *parts.origins}
    if request.headers.get("X-Aisle-CSRF") != "1" or (origin and origin not in own):
        raise NotAllowed("This request did not come from a page of this server.")


def _note_use(tx: Tx, me: Caller) -> None:
    if me.session_id is not None and me.session_is_old:
        session_used(tx, me.session_id)
    if me.key_id is not None:
        key_used(tx, me.key_id)


def _with_headers(answer: Response) -> Response:
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
