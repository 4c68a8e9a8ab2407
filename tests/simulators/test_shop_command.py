"""`aisle simulate shop`: a played platform alone, for clients of any make."""

import http.client
import json
import subprocess
import sys

import pytest

from simulators.shops.command import KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_platform_stands_alone_says_its_keys_and_obeys(kind):
    process = subprocess.Popen([sys.executable, "-m", "server.cli.main", "simulate", "shop", kind, "--orders", "2", "--json"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(process.stdout.readline())
        assert (told["kind"], told["orders"]) == (kind, 2)
        asked = http.client.HTTPConnection(told["address"].split("/")[2], timeout=30)
        asked.request("GET", "/orders")
        answer = asked.getresponse()
        assert b"SOAP" not in answer.read(), "nobody is let in without a signature"
        asked.close()
        for line, key in (("place SOAP 2 TEA 1", "placed"), ("cancel 0", "error"), ("place SOAP", "error"), ("fault nothing", "error"),
                          ("fault error 3", "fault"), ("orders", "orders"), ("told", "parcels")):
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            assert key in json.loads(process.stdout.readline()), line
    finally:
        process.kill()
        process.communicate()


def test_what_goes_wrong_from_the_beginning_is_said_when_it_is_started():
    process = subprocess.Popen([sys.executable, "-m", "server.cli.main", "simulate", "shop", "plain", "--fault", "too_many:2", "--fault", "cut:always", "--json"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(process.stdout.readline())
        asked = http.client.HTTPConnection(told["steer"].split("/")[2], timeout=30)
        asked.request("GET", "/played")
        faults = json.loads(asked.getresponse().read())["faults"]
        assert faults["too_many"] == 2 and faults["cut"] > 1_000_000
        asked.close()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("fault", ["colour", "error:often"])
def test_a_fault_that_is_none_is_refused_at_once(fault):
    done = subprocess.run([sys.executable, "-m", "server.cli.main", "simulate", "shop", "plain", "--fault", fault], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 2 and "--fault" in done.stderr


def test_a_till_sells_voids_and_loses_its_network():
    process = subprocess.Popen([sys.executable, "-m", "server.cli.main", "simulate", "shop", "pos", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        for line, told in (("sell SOAP 2", {"sold": "000001"}), ("network off", {"network": "off"}), ("sell TEA -1", {"sold": "000002"}),
                           ("void 1 000001", {"voided": "000001"}), ("network on", {"network": "on"})):
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == told, line
        process.stdin.write("void 1 7\n")
        process.stdin.flush()
        assert "error" in json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()
