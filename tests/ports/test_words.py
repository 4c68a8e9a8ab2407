"""Whatever can be wrong with a device has a code, and words in both languages; where the server says it, the code goes with it."""

import ast
from pathlib import Path

import pytest

import server.stations.drivers
from server.ports import PortError
from server.workflows.texts import texts

SERVER = Path(server.__file__).parent
SAID_WITHOUT_ERROR = {"driver_failed", "dark", "misread", "not_called", "settings"}


def of_errors(kind: type[PortError] = PortError) -> set[str]:
    return {kind.code} | {code for one in kind.__subclasses__() for code in of_errors(one)}


def of_remarks() -> set[str]:
    """The second argument of every call of note_error in the server."""
    calls = [node for path in (*SERVER.glob("scanners/**/*.py"), *SERVER.glob("scales/*.py")) for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note_error" and len(node.args) == 2]
    return {call.args[1].value for call in calls if isinstance(call.args[1], ast.Constant)}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_code_has_its_words(language):
    wanted = of_errors() | of_remarks() | SAID_WITHOUT_ERROR
    assert {key.removeprefix("device.") for key in texts(language) if key.startswith("device.")} == wanted
    assert len(of_remarks()) >= 3
