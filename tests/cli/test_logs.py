import json
import logging

import pytest

from server.cli.logs import Lines

HOSTILE = "scan\r\n2026-01-01 INFO all is well\x1b[2J\u202e"


@pytest.mark.parametrize("as_json", [True, False])
def test_what_was_scanned_cannot_write_a_line_of_its_own(as_json):
    record = logging.makeLogRecord({"msg": "refused %s", "args": (HOSTILE,), "levelname": "INFO", "op": "01940000"})
    line = Lines(as_json=as_json).format(record)
    assert line.isprintable()
    assert "01940000" in line


def test_a_line_for_programs_is_one_json_object():
    told = json.loads(Lines(as_json=True).format(logging.makeLogRecord({"msg": "ready", "levelname": "INFO", "op": "x"})))
    assert (told["text"], told["level"], told["op"]) == ("ready", "info", "x")
