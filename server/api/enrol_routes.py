"""How a device learns to trust this server, and the plain door at which nothing else is served."""

import io
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import segno
from apiflask import APIBlueprint
from flask import Response, jsonify, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from server.api.parts import parts
from server.kernel.certificates import lan_addresses
from server.kernel.errors import NotAllowed
from server.settings import Https

enrol = APIBlueprint("enrol", __name__, enable_openapi=False)
BLUEPRINTS = (enrol,)
_SAFE = frozenset({"GET", "HEAD"})
_AT_THE_DOOR = ("enrol.", "health.healthz", "health.readyz")
_HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|(?:[\w-]{1,63}\.){0,9}[\w-]{1,63})(?::(\d{1,5}))?", re.ASCII)
_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def only_the_door() -> AnyResponse | None:
    """Where pages are served over TLS, the plain port only shows how to get there: no secret may travel over it."""
    https = parts().https
    if https is None or request.scheme == "https" or (request.endpoint or "").startswith(_AT_THE_DOOR):
        return None
    if request.method not in _SAFE:
        raise NotAllowed(f"This port is not encrypted. Use {_secure_address(https)}")
    return redirect(_secure_address(https) + request.full_path.removeprefix("/").removesuffix("?"), 307)


def outer_address() -> str:
    """Host and port of this request as another machine would write them: whoever sits at the server itself says localhost."""
    host, port = _asked_for()
    return f"{host}:{port}" if port else host


def _asked_for() -> tuple[str, str]:
    found = _HOST.fullmatch(request.host)
    host, port = (found[1], found[2] or "") if found is not None else ("localhost", "")
    return (next(iter(lan_addresses()), host) if host in _HERE else host), port


@enrol.get("/enrol")
def enrol_page() -> Response:
    """Its script asks whether the browser trusts the other port, which the page's policy has to allow."""
    answer = _file("enrol.html")
    if (https := parts().https) is not None:
        answer.headers["Content-Security-Policy"] = (
            "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
            f"img-src 'self' data:; connect-src 'self' {_secure_address(https)}")
    return answer


@enrol.get("/enrol/<name>")
def enrol_file(name: str) -> Response:
    """What that page is made of; the authority's certificate in the two forms that devices take."""
    if name in ("enrol.js", "enrol.css"):
        return _file(name)
    if name == "facts.json":
        return jsonify(_facts())
    https = parts().https
    if https is None:
        raise NotFound
    if name == "aisle-ca.crt":
        return _download(https.authority, "application/x-x509-ca-cert", name)
    if name == "aisle-ca.pem":
        return _download(_pem(https.authority), "application/x-pem-file", name)
    raise NotFound


def _facts() -> dict[str, Any]:
    https = parts().https
    if https is None:
        return {"https": None}
    certificate = f"http://{_asked_for()[0]}:{https.plain_port}/enrol/aisle-ca.crt"
    there = _secure_address(https)
    return {"https": there, "certificate": certificate, "fingerprint": https.fingerprint,
            "certificate_qr": _qr(certificate), "https_qr": _qr(there)}


def _secure_address(https: Https) -> str:
    return f"https://{_asked_for()[0]}:{https.port}/"


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=5, border=3, light="#fff", xmldecl=False)
    return drawn.getvalue().decode()


def _pem(der: bytes) -> bytes:
    import ssl  # noqa: PLC0415 - of a page that few ask for

    return ssl.DER_cert_to_PEM_cert(der).encode()


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"})


def _file(name: str) -> Response:
    content = (files("server.api") / "enrol" / name).read_bytes()
    return Response(content, content_type=_TYPES[Path(name).suffix], headers={"Cache-Control": "no-cache"})
