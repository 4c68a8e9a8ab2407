"""Fuzzes the reading of labels with atheris; no test, run by hand.

In an environment of its own (atheris is no dependency of this project):

    python -m venv fuzzing && fuzzing/bin/pip install atheris click sqlalchemy
    PYTHONPATH=. fuzzing/bin/python -m tests.trust.fuzz.labels -max_total_time=600 CORPUS_FOLDER

Every input says itself what is tried: a scan in each mode, a Digital Link, a reading of the floor, a line of `aisle parse`.
What must hold: nothing is raised, an answer is ok or has a fault of the closed list, and what was read builds again.
"""

import json
import sys

import atheris

with atheris.instrument_imports(include=["labels", "server.floor.reading"]):
    from labels.gs1 import CODES, GERMAN_CATCH_WEIGHTS, ParseSettings, Scan, build, build_bracketed, join, parse_scan
    from labels.gs1.command import _lines, scan_json
    from server.floor.reading import read

SETTINGS = (ParseSettings(), ParseSettings(GERMAN_CATCH_WEIGHTS, ("~", "#"), short_gtins_in_links=False))
HALF = parse_scan("(10)LOT1(17)261231")
STARTS = ("", "]C1", "]d2", "]Q3", "]Q1", "]E0", "]e0", "(01)09506000117843", "https://a/01/09506000117843", "https://a/", "[)>\x1e06\x1d",
          "LMQ#1#", "^0109506000117843", "0109506000117843", "(8110)", "]E07617027667210|]e0")


def hold(scan: Scan) -> None:
    """What is true of every answer."""
    json.dumps(scan_json(scan))
    assert scan.ok == (scan.error is None)
    if scan.error is not None:
        assert scan.error["code"] in CODES
    join(scan, HALF)
    if scan.ok and scan.elements and not scan.missing:
        again = dict.fromkeys(scan.elements)
        assert tuple(parse_scan("]C1" + build(again)).elements) == tuple(again) or _has_separator(scan)
        assert tuple(parse_scan(build_bracketed(again), gs1=True).elements) == tuple(again) or _has_separator(scan)


def _has_separator(scan: Scan) -> bool:
    """A value may hold what some scanners write for GS, such as <GS>; such a text cannot be told from a separator."""
    return any(sign in value.upper() for _, value in scan.elements for sign in ("<GS>", "(GS)", "ALT+029"))


def one(data: bytes) -> None:
    """One input of the fuzzer."""
    provider = atheris.FuzzedDataProvider(data)
    mode = provider.ConsumeIntInRange(0, 4)
    start = STARTS[provider.ConsumeIntInRange(0, len(STARTS) - 1)]
    rest = provider.ConsumeUnicode(600) if provider.ConsumeBool() else provider.ConsumeString(600)
    settings = SETTINGS[mode % 2]
    if mode == 4:
        for line in _lines([data]):
            hold(line if isinstance(line, Scan) else parse_scan(line))
    elif mode == 3:
        reading = read(start + rest, {"SOAP": [{"type": "item", "key": "SOAP"}]}, settings)
        json.dumps(reading)
        assert reading["error"] is None or reading["error"]["code"] in CODES
    else:
        hold(parse_scan(start + rest, gs1=mode > 0, settings=settings))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
