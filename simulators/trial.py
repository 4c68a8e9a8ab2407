"""A warehouse at work while it is tormented: handhelds over a bad wire on a real server, everything they were told remembered."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulators.goods import Good, gtin
from simulators.history import TROUBLE, Findings, History, findings
from simulators.house import House
from simulators.http import CallFailed, Client, Json
from simulators.pda import Refused
from simulators.proxy import NONE, Chances, FaultProxy
from simulators.stubborn import GivesUp, StubbornPda

PLENTY = 1_000_000
_GOOD, _PICKED = Good("F-SOAP", "Soap", gtin(1)), Good("F-TEA", "Tea", gtin(2))
_SHARED = ("W1-Z-01-1", "W1-Z-02-1", "W1-Z-03-1")
_BINS_EACH = 20
_OVER_HTTP_EVERY = 3
_SETTLES_SECONDS = 150.0
_WAVES_SECONDS = 60.0


class Hand:
    """A person with a handheld who receives, puts away, moves, counts and picks, round after round."""

    def __init__(self, number: int, pda: StubbornPda, totes: Iterator[int]) -> None:
        self.pda, self._number, self._totes = pda, number, totes
        self._rounds = 0
        self._in_bin: dict[str, list[str]] = {}
        self.pause_seconds = 0.0

    def work(self, is_over: Callable[[], bool]) -> None:
        """Until it is over; what was begun is ended."""
        try:
            while not is_over():
                self._round(is_over)
        except (Refused, GivesUp, CallFailed, KeyError, TypeError) as error:
            self.pda.history.trouble(f"{self.pda.name} could not go on: {type(error).__name__} {error}")

    def _round(self, is_over: Callable[[], bool]) -> None:
        self._rounds += 1
        self._begin(f"F-ASN-{self._number}")
        lpns = []
        for _ in range(2):
            self._scan(_GOOD.label(6))
            lpns.append(str(self.pda.last["message"]["args"]["lpn"]))
        location = self._bin()
        for lpn in lpns:
            if not is_over():
                self._put_away(lpn, location)
        for lpn in self._in_bin.get(location, [])[-2:]:
            if not is_over():
                self._move(lpn, _SHARED[self._rounds % 3])
        self._move(_SHARED[self._rounds % 3], _SHARED[(self._rounds + 1) % 3])
        if self._rounds % 3 == 0 and not is_over():
            self._count(location)
        if self._rounds % 2 == 0 and not is_over():
            self._pick()

    def _begin(self, scanned: str) -> None:
        self.pda.task = None
        self._scan(scanned)

    def _scan(self, scanned: str) -> None:
        if self.pause_seconds:
            time.sleep(self.pause_seconds)
        self.pda.scan(scanned)

    def _put_away(self, lpn: str, location: str) -> None:
        self._begin(lpn)
        self._scan(location)
        self._in_bin.setdefault(location, []).append(lpn)

    def _move(self, origin: str, target: str) -> None:
        self.pda.task = None
        self.pda.send("move", {"from": origin, "item": _GOOD.code, "quantity": 1, "to": target}, None)

    def _count(self, location: str) -> None:
        self.pda.task = None
        self.pda.send("count", {"from": location, "counted": [{"lpn": lpn} for lpn in self._in_bin.get(location, [])]}, None)

    def _pick(self) -> None:
        self.pda.task = None
        tote = next(self._totes, None)
        if tote is None or not self.pda.claim("pick"):
            return
        self._scan(f"F-TOTE-{tote}")
        self._scan(_PICKED.barcode())
        if self.pda.task is not None:
            raise Refused(f"{self.pda.name}: a pick of one line was not over with its scan: {self.pda.last}")

    def _bin(self) -> str:
        rack, level = divmod(self._rounds % _BINS_EACH, 2)
        return f"W1-{chr(ord('A') + self._number)}-{rack + 1:02d}-{level + 1}"


class Trial:
    """A started house with a proxy before it and a crew that works through the proxy."""

    def __init__(self, house: House, *, hands: int, seed: int, picks: int) -> None:
        self.house, self.history, self.seed = house, History(_GOOD.code), seed
        self.proxy = FaultProxy(lambda: house.port, seed)
        self._picks = picks
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._found: Findings = {}
        house.command("init", "--site", "W1", "--set", "streams=0", "--bins", f"W1-{{A..{chr(ord('A') + hands - 1)}}}-{{01..10}}-{{1..2}}")
        self._password = secrets.token_urlsafe(18)
        house.command("user", "add", "F-OFFICE", "--role", "admin", "--password", self._password)
        began = time.monotonic()
        house.start()
        self.start_seconds = time.monotonic() - began
        self._furnish(hands)
        self.crew = [self._hire(number, iter(range(number, picks, hands))) for number in range(hands)]
        self._stock_picks()

    @contextmanager
    def working(self, chances: Chances = NONE) -> Iterator[None]:
        """The crew works; in the end the wire is good again and every handheld sends what it still holds."""
        self._over.clear()
        self.proxy.chances = chances
        self._threads = [threading.Thread(target=hand.work, args=(self._over.is_set,), name=hand.pda.name) for hand in self.crew]
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self.proxy.chances = NONE
            self._over.set()
            for thread in self._threads:
                thread.join(_SETTLES_SECONDS)

    def goes_on(self, more: int = 5, seconds: float = 60) -> float:
        """Waits until so much more is acknowledged; how long it took."""
        began, before = time.monotonic(), self.history.acknowledged
        while self.history.acknowledged < before + more:
            if time.monotonic() - began > seconds or not any(thread.is_alive() for thread in self._threads):
                self.history.trouble(f"nothing went on for {seconds:.0f} seconds")
                break
            time.sleep(0.01)
        return time.monotonic() - began

    def kill(self, *, worker_only: bool = False) -> float:
        """Ends the server as a crash does and starts it again; the seconds until it was ready, of a worker until it served."""
        began = time.monotonic()
        if worker_only and self.house.kill_worker():
            time.sleep(0.3)  # what was answered before the kill has arrived
            self.goes_on(1)
        else:
            self.house.kill()
            self.house.port_wanted = self.house.port
            self.house.start()
        return time.monotonic() - began

    def new_findings(self) -> Findings:
        """What is wrong now and was not when it was last looked at."""
        found = findings(self.history, self.house)
        found[TROUBLE] |= set(_errors_in((self.house.folder / "server.log").read_text(errors="replace")))
        new = {name: rows - self._found.get(name, set()) for name, rows in found.items()}
        self._found = {name: rows | self._found.get(name, set()) for name, rows in found.items()}
        return new

    def close(self) -> None:
        """Sends everybody home."""
        for hand in self.crew:
            hand.pda.close()
        self.proxy.close()
        self.house.stop()

    def _furnish(self, hands: int) -> None:
        self._office_opens()
        for good in (_GOOD, _PICKED):
            self.office.call("PUT", f"/api/v1/items/{good.code}", {
                "name": good.name, "packs": [{"level": "each", "quantity": 1, "barcodes": [good.gtin]}]})
        for code in _SHARED:
            self.office.call("POST", "/api/v1/locations", {"site": "W1", "pattern": code})
        for number in range(hands):
            self._announce(f"F-ASN-{number}", _GOOD)
        totes = [f"F-TOTE-{number}" for number in range(self._picks)]
        if totes:
            self.office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": totes, "location": "W1-STAGE-1"})

    def _announce(self, code: str, good: Good) -> None:
        self.office.call("POST", "/api/v1/asns", {"code": code, "site": "W1", "lines": [{"item": good.code, "quantity": PLENTY}]})

    def _office_opens(self) -> None:
        self.office = Client(self.house.address)
        self.office.call("POST", "/api/v1/sessions", {"badge": "F-OFFICE", "password": self._password})
        self.office.headers.update({"Cookie": self.office.cookie, "X-Aisle-CSRF": "1"})

    def _hire(self, number: int, totes: Iterator[int]) -> Hand:
        badge, pin = f"F-{number}", f"{secrets.randbelow(9 * 10**7) + 10**7}71"
        self.office.call("PUT", f"/api/v1/workers/{badge}", {"name": f"Hand {number}", "site": "W1", "pin": pin})
        code = self.office.call("POST", "/api/v1/devices/enrolment-codes", {"site": "W1"})["code"]
        pda = StubbornPda(self.proxy.address, code, f"PDA {number}", history=self.history, over_http=number % _OVER_HTTP_EVERY == 2,
                          seed=self.seed * 1_000 + number)
        pda.sign_in(badge, pin)
        return Hand(number, pda, totes)

    def _stock_picks(self) -> None:
        """Goods in one bin and as many orders of one line as there will be picks, each a task of its own."""
        if not self._picks:
            return
        self._announce("F-ASN-TEA", _PICKED)
        hand = self.crew[0]
        hand._begin("F-ASN-TEA")
        hand._scan(_PICKED.label(PLENTY // 2))
        hand._put_away(str(hand.pda.last["message"]["args"]["lpn"]), _SHARED[0])
        hand._in_bin.clear()
        for number in range(self._picks):
            self.office.call("POST", "/api/v1/orders", {"channel": "faults", "reference": str(number), "site": "W1",
                                                        "lines": [{"item": _PICKED.code, "quantity": 1 + number % 3}]})
        made, ends = 0, time.monotonic() + _WAVES_SECONDS
        while made < self._picks and time.monotonic() < ends:
            made += self._wave()

    def _wave(self) -> int:
        wave: Json | None = self.office.call("POST", "/api/v1/waves", {"site": "W1", "picking": "single"})["wave"]
        if wave is None:
            time.sleep(0.1)
            return 0
        while (released := self.office.call("GET", f"/api/v1/waves/{wave['id']}"))["state"] != "released":
            time.sleep(0.05)
        return int(released["orders"])


def _errors_in(log: str) -> Iterator[str]:
    """What a server's log tells of errors: the last place of each trace and what was raised there."""
    place = ""
    for line in log.splitlines():
        if line.startswith("Traceback"):
            place = "a trace"
        elif place and line.startswith("  "):
            place = line.strip() if line.strip().startswith("File ") else place
        elif place:
            yield f"{line} at {place}"
            place = ""
        elif "met an error" in line:
            yield line
