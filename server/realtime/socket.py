"""The websocket of handhelds and dashboards: a fast path for the same bodies as over HTTP, and a doorbell.

One thread holds all connections. What waits for the database waits in threads of its own, or, on SQLite, in the queue of
the one writer, so that two hundred handhelds cost two hundred small objects and no two hundred threads.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from socketio import AsyncServer
from socketio.exceptions import ConnectionRefusedError as Refused
from socketio.packet import Packet

from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.kernel.database import Database
from server.kernel.errors import Refusal, Unavailable
from server.kernel.measures import Measures
from server.kernel.transaction import Tx
from server.masterdata.callers import Caller
from server.masterdata.devices import note_scan, standing_device, standing_person, take_socket_token
from server.masterdata.limits import Limits
from server.masterdata.permissions import SOCKET_EVENTS, guard
from server.masterdata.sign_in import session_on, session_used_on
from server.realtime.queue import QueueManager
from server.sentences import LANGUAGES, told

T = TypeVar("T")
log = logging.getLogger("aisle.realtime")

FRAME_MAX = 65_536
CONNECTIONS_MAX = 2
_SESSION_MAX = 40
_USED_SECONDS = 60.0
_SCANS_SECONDS = 1.0
_THREADS = 8
Json = dict[str, Any]
Answer = Callable[[str, Json], Awaitable[Json]]
Handler = Callable[..., Coroutine[Any, Any, Json]]


@dataclass(slots=True)
class Peers:
    """Who is connected: by connection, a device or somebody in a browser."""

    device_of: dict[str, DeviceIdentity] = field(default_factory=dict)
    session_of: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, sid: str, device: DeviceIdentity) -> bool:
        """Notes a device's connection; False when it holds as many as it may."""
        with self.lock:
            if sum(1 for held in self.device_of.values() if held.id == device.id) >= CONNECTIONS_MAX:
                return False
            self.device_of[sid] = device
            return True

    def forget(self, sid: str) -> None:
        """A connection has ended."""
        with self.lock:
            self.device_of.pop(sid, None)
            self.session_of.pop(sid, None)


class _TextPacket(Packet):  # type: ignore[misc]
    """Our bodies are JSON. The library would look through every answer, leaf by leaf, for bytes that it had to send apart."""

    uses_binary_events = False


class Asked:
    """What was asked and is not answered yet; one thread holds it."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        """From now on one thing more is asked."""
        self._count += 1
        self._none.clear()

    def __exit__(self, *_: object) -> None:
        """It is answered."""
        self._count -= 1
        if not self._count:
            self._none.set()

    async def all_answered(self, seconds: float) -> None:
        """Waits until nothing is left to answer, for so long at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), seconds)


class Socket:
    """The Socket.IO server; websocket only, so that several processes need no sticky proxy."""

    def __init__(self, database: Database, engine: FloorEngine, *, build: str, message_queue: str | None = None,
                 origins: tuple[str, ...] = (), measures: Measures) -> None:
        # `cors_allowed_origins=[]` would let every origin in: left out, only our own pages connect.
        more: Json = {"cors_allowed_origins": list(origins)} if origins else {}
        if message_queue is not None:
            more["client_manager"] = QueueManager(message_queue)
        self.server = AsyncServer(async_mode="asgi", async_handlers=False, max_http_buffer_size=FRAME_MAX, ping_interval=20,
                                  ping_timeout=20, transports=["websocket"], serializer=_TextPacket, **more)
        self.peers = Peers()
        self._loop: asyncio.AbstractEventLoop | None = None
        door = _Door(database, engine, build, self.peers, self.server)
        self._measures = measures
        self.asked, self.is_ending = Asked(), False
        self.server.on("connect", door.connect)
        self.server.on("disconnect", door.disconnect)
        for name, handler in door.handlers().items():
            self.server.on(name, self._timed(handler))

    def started(self) -> None:
        """Called in the thread that holds the connections before the first of them comes."""
        self._loop = asyncio.get_running_loop()

    def emit(self, event: str, rooms: Sequence[str]) -> None:
        """Tells rooms from any thread; nobody waits for it."""
        self._soon(lambda: self._emitted(event, rooms))

    async def _emitted(self, event: str, rooms: Sequence[str]) -> None:
        for room in rooms:
            await self.server.emit(event, {}, to=room)

    def close(self, sid: str) -> None:
        """Tells a connection that it is not wanted any more, and ends it."""
        self.peers.forget(sid)
        self._soon(lambda: self._closed(sid))

    async def _closed(self, sid: str) -> None:
        await self.server.emit("revoked", {}, to=sid)
        await self.server.disconnect(sid)

    def _timed(self, handler: Handler) -> Handler:
        async def timed(sid: str, body: Any = None) -> Json:
            if self.is_ending:
                return _problem(503, "unavailable", "The server is being started anew. What was scanned is kept and sent again.", _language(body))
            began = time.perf_counter()
            with self.asked:
                answer = await handler(sid, body)
            self._measures.observe("aisle_answer_seconds", time.perf_counter() - began, way="socket")
            return answer

        return timed

    def _soon(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(work(), self._loop)


class _Door:
    """Lets connections in, and answers their events with what HTTP would have answered."""

    def __init__(self, database: Database, engine: FloorEngine, build: str, peers: Peers, server: AsyncServer) -> None:
        self._database, self._engine, self._build, self._peers, self._server = database, engine, build, peers, server
        self._limits = Limits()
        self._used_at: dict[str, float] = {}
        self._scans: dict[int, str] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, "socket")

    def handlers(self) -> Mapping[str, Handler]:
        """What each event does; every one has its row in the table of permissions."""
        acts: Mapping[str, Answer] = {
            "hello": partial(self._aside, "hello", self._hello),
            "operations": self._operations,
            "pull": partial(self._aside, "pull", lambda device, body: self._engine.pull(device, body.get("since"), _whole(body.get("scans_after")))),
            "read": partial(self._aside, "read", self._read),
            "watch": self._watch,
        }
        return {name: self._handler(name, act) for name, act in acts.items()}

    async def connect(self, sid: str, _environ: Json, auth: Any = None) -> None:
        """A connection needs a token that was got over HTTP a moment ago."""
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            row = await self._in_thread(partial(self._database.write, lambda tx: _owner_of(tx, token))) if isinstance(token, str) else None
        except Unavailable as error:
            raise Refused("The database does not answer. Try again in a moment.") from error
        if row is None:
            raise Refused("The token is wrong, used or older than a minute.")
        if isinstance(row, DeviceIdentity):
            if not self._peers.admit(sid, row):
                raise Refused(f"A device holds at most {CONNECTIONS_MAX} connections.")
            await self._server.enter_room(sid, f"device:{row.id}")
        else:
            with self._peers.lock:
                self._peers.session_of[sid] = row

    async def disconnect(self, sid: str, _reason: Any = None) -> None:
        """The connection has gone."""
        self._peers.forget(sid)

    def _handler(self, name: str, act: Answer) -> Handler:
        async def handle(sid: str, body: Any = None) -> Json:
            try:
                return await act(sid, body if isinstance(body, dict) else {})
            except Refusal as error:
                return _refused(error, body)
            except Unavailable as error:
                return _problem(503, "unavailable", str(error), _language(body))
            except Exception:
                log.exception("socket event %s met an error", name)
                return _problem(500, "internal", "The server met an error. The scan is kept and sent again.", _language(body))

        return handle

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _aside(self, name: str, act: Callable[[DeviceIdentity, Json], Json], sid: str, body: Json) -> Json:
        """An event of a device that is answered in a thread of its own."""
        return await self._in_thread(lambda: act(self._device(name, sid), body))

    def _device(self, name: str, sid: str) -> DeviceIdentity:
        held = self._peers.device_of.get(sid)
        row = self._database.read(lambda tx: standing_device(tx, held.id)) if held is not None else None
        if row is None:
            raise _nobody(name)
        return DeviceIdentity(row.id, row.site_id)

    def _hello(self, device: DeviceIdentity, body: Json) -> Json:
        session = self._database.read(lambda tx: session_on(tx, device.id))
        return {**self._engine.hello(device, body, self._build), "session": session}

    async def _operations(self, sid: str, body: Json) -> Json:
        """Whether the device may still come in is asked in the transaction that applies what it sent."""
        device = self._peers.device_of.get(sid)
        if device is None:
            raise _nobody("operations")
        operations = body.get("operations")
        held = operations if isinstance(operations, list) else [{}]
        self._limits.take(device.id, len(held), time.monotonic())
        self._note_session(device, held[-1].get("session") if held and isinstance(held[-1], dict) else None)
        return await self._engine.operations_soon(device, body)

    def _note_session(self, device: DeviceIdentity, session: Any) -> None:
        """Who works over the socket is not idle; noted at most once a minute, not with every scan."""
        now = time.monotonic()
        if not isinstance(session, str) or len(session) > _SESSION_MAX or self._used_at.get(session, -_USED_SECONDS) > now - _USED_SECONDS:
            return
        self._used_at = {held: at for held, at in self._used_at.items() if at > now - _USED_SECONDS}
        self._used_at[session] = now
        self._write_aside(lambda tx: session_used_on(tx, session, device.id))

    def _read(self, device: DeviceIdentity, body: Json) -> Json:
        scanned = str(body.get("text", ""))[:4_096]
        self._limits.take(device.id, 1, time.monotonic())
        answer = self._engine.read(device, scanned)
        self._note_scan(device.id, scanned)
        return answer

    def _note_scan(self, device_id: int, scanned: str) -> None:
        """What each device scanned last is for its health page: kept together for a second, then written at once."""
        with self._lock:
            is_first = not self._scans
            self._scans[device_id] = scanned
        if is_first:
            threading.Timer(_SCANS_SECONDS, self._write_scans).start()

    def _write_scans(self) -> None:
        with self._lock:
            scans, self._scans = self._scans, {}

        def work(tx: Tx) -> None:
            for device_id, scanned in scans.items():
                note_scan(tx, device_id, scanned)

        self._write_aside(work)

    def _write_aside(self, work: Callable[[Tx], Any]) -> None:
        """Writes what is only for information: nobody waits for it, and a database that is away loses it."""
        def write() -> None:
            with suppress(Unavailable):
                self._database.write(work, backlog=True)

        self._threads.submit(write)

    async def _watch(self, sid: str, body: Json) -> Json:
        """A dashboard wants to be told when something changes."""
        session_id = self._peers.session_of.get(sid)
        person = await self._in_thread(partial(self._database.read, lambda tx: standing_person(tx, session_id))) if session_id else None
        try:
            guard(Caller(roles=frozenset({person.role}) if person is not None else frozenset()), SOCKET_EVENTS["watch"])
        except Refusal as error:
            await self._server.disconnect(sid)
            return _refused(error, body)
        await self._server.enter_room(sid, "dashboard")
        return {"watching": True}


def _owner_of(tx: Tx, token: str) -> DeviceIdentity | str | None:
    """The device or the session that a token stands for."""
    row = take_socket_token(tx, token)
    if row is None or row.device_id is None:
        return None if row is None else str(row.session_id)
    device = standing_device(tx, int(row.device_id))
    return None if device is None else DeviceIdentity(device.id, device.site_id)


def _nobody(event: str) -> Exception:
    """What somebody is told who is no device, or none any more."""
    try:
        guard(Caller(roles=frozenset()), SOCKET_EVENTS.get(event))
    except Refusal as refusal:
        return refusal
    return AssertionError(f"the table of permissions lets everybody send {event}")


def _refused(error: Refusal, body: Any) -> Json:
    return _problem(error.http_status, error.code, error.sentence, _language(body), [str(value) for value in error.args_.values()])


def _problem(status: int, code: str, detail: str, language: str, known: Sequence[str] = ()) -> Json:
    return {"error": {"status": status, "code": code, "detail": told(detail, language, known)}}


def _language(body: Any) -> str:
    """What is refused is said in the `language` of the event: a handheld is passed on, and its connection stays."""
    asked = body.get("language") if isinstance(body, dict) else None
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _whole(value: object) -> int | None:
    """A number that a device says, None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
