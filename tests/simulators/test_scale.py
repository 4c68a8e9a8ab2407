"""`aisle simulate scale`: a program of its own that another one can weigh with, and that obeys standard input."""

import json
import subprocess
import sys

import pytest

from server.ports import Line
from simulators.devices.scale import MODELS, Scale
from simulators.devices.wire import UnknownFault


def read_until(line: Line, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        data += line.read(3)
    return data


def test_a_scale_alone_is_weighed_with_and_obeys() -> None:
    command = [sys.executable, "-m", "server.cli.main", "simulate", "scale", "--listen", "127.0.0.1:0", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        said = json.loads(program.stdout.readline())
        line = Line(said["url"])
        line.write(b"SI\r\n")
        assert read_until(line, b"\r\n") == b"S S       0.00 g\r\n"
        program.stdin.write("put 1250\nfault motion\ndance\nput much\nfault flood\n")
        program.stdin.flush()
        said = [program.stderr.readline() for _ in range(3)]
        line.write(b"SI\r\n")
        assert read_until(line, b"\r\n").startswith(b"S D")
        line.close()
        program.terminate()
    assert "'dance' is no order" in said[0] and "'put much' is no order" in said[1] and "drift, mid-frame" in said[2]


@pytest.mark.parametrize("model", MODELS)
def test_every_fault_is_known_to_every_model(model: str) -> None:
    assert Scale(model, Scale.FAULTS).faults == set(Scale.FAULTS)


def test_an_unknown_fault_and_an_unknown_model_are_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownFault, match="drift"):
        Scale("nci", ["flood"])
    with pytest.raises(ValueError, match="There are: mt-sics"):
        Scale("steelyard")
