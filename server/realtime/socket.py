"""The websocket of handhelds and dashboards: a fast path for the same bodies as over HTTP, and a doorbell."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, disconnect, join_room

from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.kernel.database import Database
from server.kernel.errors import Refusal, Unavailable
from server.masterdata.callers import Caller
from server.masterdata.devices import note_scan, standing_device, standing_person, take_socket_token
from server.masterdata.limits import Limits
from server.masterdata.permissions import SOCKET_EVENTS, guard
from server.masterdata.sign_in import session_on, session_used_on
from server.realtime.queue import QueueManager

log = logging.getLogger("aisle.realtime")

FRAME_MAX = 65_536
CONNECTIONS_MAX = 2
_SESSION_MAX = 40
_USED_SECONDS = 60.0
Json = dict[str, Any]


@dataclass(slots=True)
class Peers:
    """Who is connected: by connection, a device or somebody in a browser."""

    device_of: dict[str, int] = field(default_factory=dict)
    session_of: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, sid: str, device_id: int) -> bool:
        """Notes a device's connection; False when it holds as many as it may."""
        with self.lock:
            if sum(1 for held in self.device_of.values() if held == device_id) >= CONNECTIONS_MAX:
                return False
            self.device_of[sid] = device_id
            return True

    def forget(self, sid: str) -> None:
        """A connection has ended."""
        with self.lock:
            self.device_of.pop(sid, None)
            self.session_of.pop(sid, None)


def make_socket(app: Flask, database: Database, engine: FloorEngine, *, build: str, message_queue: str | None = None,
                origins: tuple[str, ...] = ()) -> tuple[SocketIO, Peers]:
    """The Socket.IO server over the application; websocket only, so that several processes need no sticky proxy."""
    # `cors_allowed_origins=[]` would let every origin in: left out, only our own pages connect.
    more: Json = {"cors_allowed_origins": list(origins)} if origins else {}
    if message_queue is not None:
        more["client_manager"] = QueueManager(message_queue)
    socket = SocketIO(app, async_mode="threading", async_handlers=False, path="socket.io",
                      max_http_buffer_size=FRAME_MAX, ping_interval=20, ping_timeout=20, transports=["websocket"], **more)
    peers = Peers()
    door = _Door(database, engine, build, peers)
    socket.on_event("connect", door.connect)
    socket.on_event("disconnect", door.disconnect)
    for name, handler in door.handlers().items():
        socket.on_event(name, handler)
    return socket, peers


class _Door:
    """Lets connections in, and answers their events with what HTTP would have answered."""

    def __init__(self, database: Database, engine: FloorEngine, build: str, peers: Peers) -> None:
        self._database, self._engine, self._build, self._peers = database, engine, build, peers
        self._limits = Limits()
        self._used_at: dict[str, float] = {}

    def handlers(self) -> Mapping[str, Callable[[Any], Json]]:
        """What each event does; every one has its row in the table of permissions."""
        acts: Mapping[str, Callable[[DeviceIdentity, Json], Json]] = {
            "hello": self._hello,
            "operations": self._operations,
            "pull": lambda device, body: self._engine.pull(device, body.get("since")),
            "read": self._read,
        }
        return {**{name: self._handler(name, act) for name, act in acts.items()}, "watch": self._watch}

    def connect(self, auth: Any = None) -> None:
        """A connection needs a token that was got over HTTP a moment ago."""
        token = auth.get("token") if isinstance(auth, dict) else None
        row = self._database.write(lambda tx: take_socket_token(tx, token)) if isinstance(token, str) else None
        if row is None:
            raise Refused("The token is wrong, used or older than a minute.")
        sid = _sid()
        if row.device_id is not None:
            if not self._peers.admit(sid, int(row.device_id)):
                raise Refused(f"A device holds at most {CONNECTIONS_MAX} connections.")
            join_room(f"device:{row.device_id}")
        else:
            with self._peers.lock:
                self._peers.session_of[sid] = str(row.session_id)

    def disconnect(self, _reason: Any = None) -> None:
        """The connection has gone."""
        self._peers.forget(_sid())

    def _handler(self, name: str, act: Callable[[DeviceIdentity, Json], Json]) -> Callable[[Any], Json]:
        def handle(body: Any = None) -> Json:
            try:
                return act(self._device(name), body if isinstance(body, dict) else {})
            except Refusal as error:
                return _problem(error.http_status, error.code, error.sentence)
            except Unavailable as error:
                return _problem(503, "unavailable", str(error))
            except Exception:
                log.exception("socket event %s met an error", name)
                return _problem(500, "internal", "The server met an error. The scan is kept and sent again.")

        return handle

    def _device(self, name: str) -> DeviceIdentity:
        number = self._peers.device_of.get(_sid())
        row = self._database.read(lambda tx: standing_device(tx, number)) if number is not None else None
        roles = frozenset({"device"}) if row is not None else frozenset[str]()
        guard(Caller(roles=roles), SOCKET_EVENTS.get(name))
        if row is None:
            raise AssertionError("the table of permissions let somebody in who is no device")
        return DeviceIdentity(row.id, row.site_id)

    def _hello(self, device: DeviceIdentity, body: Json) -> Json:
        session = self._database.read(lambda tx: session_on(tx, device.id))
        return {**self._engine.hello(device, body, self._build), "session": session}

    def _operations(self, device: DeviceIdentity, body: Json) -> Json:
        operations = body.get("operations")
        held = operations if isinstance(operations, list) else [{}]
        self._limits.take(device.id, len(held), time.monotonic())
        self._note_session(device, held[-1].get("session") if held and isinstance(held[-1], dict) else None)
        return self._engine.operations(device, body)

    def _note_session(self, device: DeviceIdentity, session: Any) -> None:
        """Who works over the socket is not idle; noted at most once a minute, not with every scan."""
        now = time.monotonic()
        if not isinstance(session, str) or len(session) > _SESSION_MAX or self._used_at.get(session, -_USED_SECONDS) > now - _USED_SECONDS:
            return
        self._used_at = {held: at for held, at in self._used_at.items() if at > now - _USED_SECONDS}
        self._used_at[session] = now
        with suppress(Unavailable):
            self._database.write(lambda tx: session_used_on(tx, session, device.id), backlog=True)

    def _read(self, device: DeviceIdentity, body: Json) -> Json:
        scanned = str(body.get("text", ""))[:4_096]
        self._limits.take(device.id, 1, time.monotonic())
        with suppress(Unavailable):  # what a code means is told also while nothing can be stored
            self._database.write(lambda tx: note_scan(tx, device.id, scanned), backlog=True)
        return self._engine.read(device, scanned)

    def _watch(self, _body: Any = None) -> Json:
        """A dashboard wants to be told when something changes."""
        session_id = self._peers.session_of.get(_sid())
        person = self._database.read(lambda tx: standing_person(tx, session_id)) if session_id else None
        try:
            guard(Caller(roles=frozenset({person.role}) if person is not None else frozenset()), SOCKET_EVENTS["watch"])
        except Refusal as error:
            disconnect()
            return _problem(error.http_status, error.code, error.sentence)
        join_room("dashboard")
        return {"watching": True}


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _problem(status: int, code: str, detail: str) -> Json:
    return {"error": {"status": status, "code": code, "detail": detail}}
