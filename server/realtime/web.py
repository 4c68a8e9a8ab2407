"""One application for the server process: websockets to the socket, everything else to Flask."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask
from socketio import ASGIApp

from server.realtime.socket import Socket

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]
_HTTP_THREADS = 64
"""More than ever work at once: while the database is away those that wait for it leave some for `/healthz`."""


def whole(web: Flask, socket: Socket) -> Asgi:
    """The ASGI application of both."""
    flask: Any = web.wsgi_app
    pages: Any = WSGIMiddleware(flask, workers=_HTTP_THREADS)
    inner: Asgi = ASGIApp(socket.server, pages, socketio_path="socket.io", on_startup=socket.started)

    async def application(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket" and scope.get("scheme") == "wss":
            # The socket's library knows only from a proxy's header that an address of ours begins with https.
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await inner(scope, receive, send)

    return application
