"""A station whose server process is killed while pallets pass: what was shown green is booked, nothing is booked twice."""

import json
import secrets
import time

import pytest

from simulators.devices.light import Beacon
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from simulators.goods import sscc
from simulators.house import House
from simulators.http import CallFailed, Client

PALLETS, KILLS = 40, 3


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path, 0, serve=("--workers", "2"))
    house.command("init", "--site", "W1", "--name", "Main")
    house.start()
    yield house
    house.stop()


def office(house) -> Client:
    password = secrets.token_urlsafe(18)
    house.command("user", "add", "BOSS", "--role", "admin", "--password", password)
    client = Client(house.address)
    client.call("POST", "/api/v1/sessions", {"badge": "BOSS", "password": password})
    client.headers.update({"Cookie": client.cookie, "X-Aisle-CSRF": "1"})
    return client


def received(client) -> set[str]:
    return {line["sscc"] for line in client.call("GET", "/api/v1/inbound/ASN-1")["lines"] if line["received"] >= line["quantity"]}


def settled(holds, seconds: float = 30.0) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if holds():
                return True
        except (CallFailed, OSError):  # a process that takes a dead one's place is not there at once
            continue
        time.sleep(0.1)
    return False


def test_a_killed_process_loses_no_pallet_that_was_shown_green_and_doubles_none(house):
    client, scanner, light = office(house), Scanner(dress=Dress(aim=True)), Beacon()
    ports = [TcpPort(scanner), TcpPort(light)]
    client.call("PUT", "/api/v1/items/SOAP", {"name": "Soap"})
    client.call("POST", "/api/v1/asns", {"code": "ASN-1", "site": "W1", "lines": [
        {"item": "SOAP", "quantity": 10, "sscc": sscc(number)} for number in range(PALLETS)]})
    client.call("PUT", "/api/v1/stations/DOOR-1", {"site": "W1", "kind": "dock", "location": "W1-DOCK-1", "settings": {"gather_ms": 50}, "peripherals": [
        {"name": "scanner", "kind": "scanner", "driver": "text", "url": ports[0].url}, {"name": "light", "kind": "light", "url": ports[1].url}]})
    assert settled(lambda: all(one["state"] == "connected" for one in client.call("GET", "/api/v1/stations")["items"][0]["peripherals"]))
    for number in range(PALLETS):
        scanner.scan(f"]C100{sscc(number)}")
        time.sleep(0.08)
        if number % (PALLETS // KILLS) == PALLETS // KILLS // 2:
            for _ in house.processes():  # whichever of them holds the ports
                house.kill_worker()
                time.sleep(0.02)
    assert settled(lambda: scanner.is_idle)
    time.sleep(1)
    green = light.times("GREEN")
    came = received(client)
    assert green <= len(came)
    for number in range(PALLETS):  # what was not shown green passes again
        if sscc(number) not in came:
            scanner.scan(f"]C100{sscc(number)}")
            time.sleep(0.08)
    assert settled(lambda: len(received(client)) == PALLETS)
    report = house.command("verify", may_fail=True)["items"]
    assert [one["id"] for one in report if one["broken"]] == []
    assert json.dumps(client.call("GET", "/api/v1/exceptions?state=open")["items"]).count("set_aside") == 0
    for port in ports:
        port.close()
