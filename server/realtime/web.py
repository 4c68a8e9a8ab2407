"""One application for the server process: websockets to the socket, everything else to Flask."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import nullcontext
from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask
from socketio import ASGIApp

from server.realtime.socket import Socket

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]
_HTTP_THREADS = 64
"""More than ever work at once: while the database is away those that wait for it leave some for `/healthz`."""


class Whole:
    """The ASGI application of both."""

    def __init__(self, web: Flask, socket: Socket) -> None:
        flask: Any = web.wsgi_app
        pages: Any = WSGIMiddleware(flask, workers=_HTTP_THREADS)
        self._inner: Asgi = ASGIApp(socket.server, pages, socketio_path="socket.io", on_startup=socket.started)
        self._socket = socket

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answers a request, or serves a websocket until it ends."""
        if scope["type"] == "websocket":
            await self._inner(_told_of_tls(scope), *_without_goodbye(receive, send))
            return
        with self._socket.asked if scope["type"] == "http" else nullcontext():
            await self._inner(scope, receive, send)

    async def finish(self, seconds: float) -> None:
        """Waits until what was asked is answered, for so long at most; what handhelds send from now on they keep."""
        self._socket.is_ending = True
        await self._socket.asked.all_answered(seconds)


def _told_of_tls(scope: Scope) -> Scope:
    """The socket's library knows only from a proxy's header that an address of ours begins with https."""
    if scope.get("scheme") != "wss":
        return scope
    return {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}


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
