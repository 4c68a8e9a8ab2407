"""Many lean handhelds in one thread: they send as fast as they are answered, or at the pace of people."""

import asyncio
import json
import random
import secrets
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from simple_websocket import AioClient

from simulators.http import CallFailed, Client, Json

Operation = tuple[str, str | None, str | None, Json]
"""Kind, task, form, slots."""
Work = Generator[Operation, Json | None, None]
_BATCH = 50
_TOO_FAST = 429


@dataclass(frozen=True, slots=True)
class LoadDevice:
    """An enrolled handheld with somebody signed in; what it has to do and between which bins it may move things."""

    token: str
    session: str
    lpns: Sequence[str] = ()
    totes: Sequence[str] = ()
    bins: tuple[str, str] = ("", "")
    item: str = ""


@dataclass(slots=True)
class Loaded:
    """What came of it: answer times in milliseconds, and seconds from the first to the last answer."""

    answered_ms: list[float] = field(default_factory=list)
    operations: int = 0
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list)


def rounds(device: LoadDevice) -> Work:
    """Pallets put away and orders picked one after the other, each pick into a tote of its own."""
    for lpn, tote in zip(device.lpns, device.totes, strict=True):
        task = yield "start", None, None, {"value": {"type": "lpn", "key": lpn}}
        form = _task(task)["forms"][0]
        yield "put_away", _task(task)["id"], form["id"], {"lpn": lpn, "to": form["info"]["location"]}
        task = yield "claim", None, None, {"kind": "pick"}
        task = yield "assign", _task(task)["id"], _task(task)["forms"][0]["id"], {"tote": tote}
        for form in (one for one in _task(task)["forms"] if one["state"] == "open"):
            info = form["info"]
            yield "pick", _task(task)["id"], form["id"], {
                "from": info["location"], "item": info["item"], "quantity": info["quantity"], "to": tote}


def to_and_fro(device: LoadDevice, times: int | None = None) -> Work:
    """One piece moved between two bins as a handheld without network reports it, so many times or for ever."""
    one, other = device.bins
    moves: Iterator[tuple[str, str]] = cycle([(one, other), (other, one)])
    for number, (origin, target) in enumerate(moves):
        if number == times:
            return
        yield "move", None, None, {"from": origin, "item": device.item, "quantity": 1, "to": target}


class LoadHandheld:
    """One websocket, one device, one life of its database."""

    def __init__(self, device: LoadDevice, told: Loaded) -> None:
        self.device, self._told = device, told
        self._epoch, self._seq, self._number = secrets.token_hex(8), 0, 0

    async def connect(self, address: str) -> None:
        """Gets a token over HTTP and opens the websocket with it."""
        client = Client(address)
        client.headers["Authorization"] = f"Bearer {self.device.token}"
        token = (await asyncio.to_thread(client.call, "POST", "/api/v1/socket-tokens"))["token"]
        self._wire = await AioClient.connect(f"ws://{urlsplit(address).netloc}/socket.io/?EIO=4&transport=websocket")
        await self._wire.send("40" + json.dumps({"token": token}))
        await self._until("40")

    async def close(self) -> None:
        """Ends the connection."""
        await self._wire.close()

    async def listen(self) -> None:
        """Answers the server's pings until somebody ends this."""
        await self._until("never")

    async def play(self, work: Work, *, pace: float = 0.0, ends: float | None = None) -> None:
        """One operation after the other, each when the one before was answered and a person would have walked."""
        chance, task = random.Random(self.device.token), None
        while ends is None or time.monotonic() < ends:
            if pace:
                await asyncio.sleep(pace * chance.uniform(0.5, 1.5))
            try:
                operation = work.send(task)
            except StopIteration:
                return
            task = (await self._timed([operation]))[0].get("task")

    async def empty(self, queue: Sequence[Operation]) -> None:
        """A whole queue in batches, as after a time without network."""
        for first in range(0, len(queue), _BATCH):
            await self._timed(queue[first:first + _BATCH])

    async def _timed(self, operations: Sequence[Operation]) -> list[Json]:
        body = {"epoch": self._epoch, "operations": [self._whole(one) for one in operations]}
        began = time.perf_counter()
        results: list[Json] = (await self._ask("operations", body))["results"]
        self._told.answered_ms.append((time.perf_counter() - began) * 1000)
        self._told.operations += len(results)
        self._told.refused += [f"{one['status']}: {one.get('code')}" for one in results if one["status"] != "applied"]
        return results

    def _whole(self, operation: Operation) -> Json:
        kind, task, form, slots = operation
        self._seq += 1
        return {"op": _uuid7(), "seq": self._seq, "kind": kind, "task": task, "form": form, "slots": slots, "schema": 1,
                "made_at": time.time_ns() // 1_000_000, "session": self.device.session}

    async def _ask(self, event: str, body: Json) -> Json:
        while True:
            self._number += 1
            await self._wire.send(f"42{self._number}" + json.dumps([event, body]))
            answer: Json = (await self._until(f"43{self._number}"))[0]
            wrong = answer.get("error")
            if not isinstance(wrong, dict):
                return answer
            if wrong["status"] != _TOO_FAST:
                raise CallFailed(wrong["status"], wrong)
            await asyncio.sleep(0.5)  # too fast for one handheld: it keeps what it has

    async def _until(self, start: str) -> Any:
        while True:
            frame = str(await self._wire.receive())
            if frame == "2":
                await self._wire.send("3")
            elif frame.startswith(start):
                return json.loads(frame[len(start):] or "null")
            elif frame.startswith("44"):
                raise CallFailed(401, {"detail": frame})


def flat_out(address: str, devices: Sequence[LoadDevice], work: Callable[[LoadDevice], Work] = rounds) -> Loaded:
    """Every device does its work, the next operation as soon as the last was answered."""
    return asyncio.run(_flat_out(address, devices, work))


async def _flat_out(address: str, devices: Sequence[LoadDevice], work: Callable[[LoadDevice], Work]) -> Loaded:
    told = Loaded()
    handhelds = await _connected(address, devices, told)
    began = time.perf_counter()
    await asyncio.gather(*(one.play(work(one.device)) for one in handhelds))
    told.seconds = time.perf_counter() - began
    await _closed(handhelds)
    return told


def paced(address: str, devices: Sequence[LoadDevice], idle: Sequence[LoadDevice], *, pace: float, seconds: float,
          sample: Callable[[], None], every: float = 5.0) -> Loaded:
    """Devices that move things at the pace of people for so long, beside idle ones; `sample` is called now and then."""
    return asyncio.run(_paced(address, devices, idle, pace, seconds, sample, every))


async def _paced(address: str, devices: Sequence[LoadDevice], idle: Sequence[LoadDevice], pace: float, seconds: float,  # noqa: PLR0917
                 sample: Callable[[], None], every: float) -> Loaded:
    told = Loaded()
    working, waiting = await _connected(address, devices, told), await _connected(address, idle, told)
    listening = [asyncio.create_task(one.listen()) for one in waiting]
    ends = time.monotonic() + seconds
    playing = asyncio.gather(*(one.play(to_and_fro(one.device), pace=pace, ends=ends) for one in working))
    while not playing.done():
        await asyncio.wait([playing], timeout=every)
        sample()
    await playing
    told.seconds = seconds
    for one in listening:
        one.cancel()
    await _closed([*working, *waiting])
    return told


def mass_return(address: str, returning: Sequence[LoadDevice], live: Sequence[LoadDevice], *, queued: int,
                pace: float) -> tuple[Loaded, Loaded]:
    """Devices come back at once with so many operations each, while others go on working: what both of them saw."""
    return asyncio.run(_mass_return(address, returning, live, queued, pace))


async def _mass_return(address: str, returning: Sequence[LoadDevice], live: Sequence[LoadDevice], queued: int,
                       pace: float) -> tuple[Loaded, Loaded]:
    back, working = Loaded(), Loaded()
    handhelds, others = await _connected(address, returning, back), await _connected(address, live, working)
    playing = [asyncio.create_task(one.play(to_and_fro(one.device), pace=pace)) for one in others]
    began = time.perf_counter()
    await asyncio.gather(*(one.empty(list(to_and_fro(one.device, queued))) for one in handhelds))
    back.seconds = working.seconds = time.perf_counter() - began
    for one in playing:
        one.cancel()
    await asyncio.gather(*playing, return_exceptions=True)
    await _closed([*handhelds, *others])
    return back, working


async def _connected(address: str, devices: Sequence[LoadDevice], told: Loaded) -> list[LoadHandheld]:
    handhelds = [LoadHandheld(device, told) for device in devices]
    for one in handhelds:  # one after the other: twenty threads at once would be the load
        await one.connect(address)
    return handhelds


async def _closed(handhelds: Sequence[LoadHandheld]) -> None:
    await asyncio.gather(*(one.close() for one in handhelds), return_exceptions=True)


def _task(document: Json | None) -> Json:
    if document is None:
        raise CallFailed(500, {"detail": "The answer brought no task."})
    return document


def _uuid7() -> str:
    value = (time.time_ns() // 1_000_000 << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return str(uuid.UUID(int=value))
