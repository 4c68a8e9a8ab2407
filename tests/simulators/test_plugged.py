"""A simulated device by its name: `sim://NAME` finds it wherever it listens, and says when it is not plugged in."""

import json
import subprocess
import sys

import pytest

from server.ports import Line, PortLost, UnknownPort
from simulators.plugged import plug, pull


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AISLE_SIM", str(tmp_path / "sim"))


def simulated(name: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", "from simulators.simulate import simulate; simulate()", "--name", name, "light", "--listen",
                             "127.0.0.1:0", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_device_is_found_by_its_name_until_it_is_ended():
    device = simulated("dock-light")
    assert json.loads(device.stdout.readline())["url"].startswith("socket://")
    line = None
    for _ in range(100):
        try:
            line = Line("sim://dock-light")
            break
        except PortLost:
            continue
    assert line is not None
    line.write(b"GREEN\r\n")
    assert device.stdout.readline() == "GREEN\n"
    line.close()
    device.terminate()
    device.wait(10)
    device.stdin.close()
    device.stdout.close()


def test_one_that_is_not_plugged_in_is_lost_and_a_name_that_is_none_is_told():
    with pytest.raises(PortLost, match="plugged in"):
        Line("sim://nobody")
    plug("gone", "socket://127.0.0.1:1")
    with pytest.raises(PortLost):
        Line("sim://gone")
    pull("gone")
    pull("gone")
    with pytest.raises(UnknownPort, match="small letters"):
        Line("sim://../../etc/passwd")
