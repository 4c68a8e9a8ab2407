"""Handhelds of a bench that each receive one piece after the other at their own pace, in a house with one administrator."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import click

from simulators.house import House
from simulators.http import Client
from simulators.steady import SteadyPda

WAIT_SECONDS = 60.0
ITEM, GTIN = "BENCH-BOLT", "09506000134352"
_PLENTY = 1_000_000


class Crew:
    """Sets the house up and starts it; `hire` handhelds, then `start` them. `office` is the administrator, `monitor` may read the metrics."""

    def __init__(self, house: House, pace: float) -> None:
        self._house, self._pace = house, pace
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.handhelds: list[SteadyPda] = []
        house.command("init", "--site", "W1")
        password = secrets.token_urlsafe(18)
        self._pin = f"{secrets.randbelow(9 * 10**7) + 10**7}71"
        house.command("user", "add", "BENCH", "--role", "admin", "--password", password, "--pin", self._pin)
        house.start()
        self.office = Client(house.address)
        self.office.call("POST", "/api/v1/sessions", {"badge": "BENCH", "password": password})
        self.office.headers.update({"Cookie": self.office.cookie, "X-Aisle-CSRF": "1"})
        key = self.office.call("POST", "/api/v1/api-keys", {"name": "bench", "scopes": ["metrics:read"]})["key"]
        self.monitor: Mapping[str, str] = {"Authorization": f"Bearer {key}"}
        self.office.call("PUT", f"/api/v1/items/{ITEM}", {"name": "Bolt", "packs": [{"level": "each", "quantity": 1, "barcodes": [GTIN]}]})

    def hire(self, count: int) -> None:
        """So many handhelds, each with a paper of its own at hand."""
        self.handhelds += [self._handheld(number) for number in range(len(self.handhelds), len(self.handhelds) + count)]

    def start(self) -> None:
        """All of them work until `end`."""
        self._threads = [threading.Thread(target=self._work, args=(one,)) for one in self.handhelds]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """They have stopped when it returns."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def took_ms(self, since: float = 0.0) -> list[float]:
        """How long each answer took that was asked for since then (time.monotonic)."""
        return [(one.answered_at - one.asked_at) * 1000 for handheld in self.handhelds for one in list(handheld.acknowledged) if one.asked_at >= since]

    def until(self, is_so: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS) -> None:
        """Waits; ClickException with the server's last words when it never comes."""
        ends = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > ends:
                raise click.ClickException(f"Waited in vain until {what}. The server's last words:\n{self._house.last_words()}")
            time.sleep(0.05)

    def _handheld(self, number: int) -> SteadyPda:
        paper = f"BENCH-ASN-{number}"
        self.office.call("POST", "/api/v1/asns", {"code": paper, "site": "W1", "lines": [{"item": ITEM, "quantity": _PLENTY}]})
        code = self.office.call("POST", "/api/v1/devices/enrolment-codes", {"site": "W1"})["code"]
        pda = SteadyPda(self._house.address, code, f"PDA {number}", seed=number)
        pda.sign_in("BENCH", self._pin)
        pda.scan(paper)
        return pda

    def _work(self, handheld: SteadyPda) -> None:
        while not self._over.is_set():
            handheld.receive(ITEM)
            time.sleep(self._pace)
