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
        if scope["type"] == "websocket":
            receive, send = _without_goodbye(receive, send)
        if scope["type"] == "websocket" and scope.get("scheme") == "wss":
            # The socket's library knows only from a proxy's header that an address of ours begins with https.
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await inner(scope, receive, send)

    return application


def _without_goodbye(receive: Any, send: Any) -> tuple[Any, Any]:
    """Nothing is said to a peer that has gone.

    The web server would wait five seconds for its goodbye and end the connection's task after three, so that nobody heard of
    the end: the device's place stayed taken until its next ping was missed.
    """
    has_gone = False

    async def received() -> Any:
        nonlocal has_gone
        message = await receive()
        has_gone = has_gone or message["type"] == "websocket.disconnect"
        return message

    async def sent(message: Any) -> None:
        nonlocal has_gone
        if has_gone:
            return
        try:
            await send(message)
        except OSError:
            has_gone = True  # an answer was on its way when the peer went
            raise

    return received, sent
