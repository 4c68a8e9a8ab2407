"""`aisle parse`: every line is answered, whatever it holds."""

import json

import pytest
from click.testing import CliRunner

from labels.gs1.command import parse


def told(lines: bytes, *options: str) -> list[dict]:
    result = CliRunner().invoke(parse, ["--json", *options], input=lines)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return [json.loads(line) for line in result.output.splitlines()]


def test_every_line_gives_one_object_with_all_its_names() -> None:
    rows = told(b'(01)09506000117843\n"\\u001d0109506000117843"\nW1-A-01\n\xff\xfe\n"]C1\n')
    assert [row["kind"] for row in rows] == ["gs1", "gs1", "plain", "unreadable", "plain"]
    assert all(set(row) == {"ok", "kind", "symbology", "elements", "values", "missing", "error"} for row in rows)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "empty"), (b"  \t", "empty"), (b"\xff\xfe", "line"), (b'"\\x"', "line"), (b'"a" "b"', "line"), (b'"a\x00"', "line"),
        (b"a\x00b", "character"), (b'"\\ud800"', "character"), (b'"a\\u0000b"', "character"), (b'""', "empty"),
        (b"x" * 1_000_000, "too_long"), (b"\x1b[2J", "character"), (b"0" * 1_000_000, "too_long"), (b"]C1", "empty"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--gs1",)])
def test_rubbish_is_answered_with_what_is_wrong(line: bytes, code: str, options: tuple[str, ...]) -> None:
    rows = told(line + b"\n(01)09506000117843\n", *options)
    assert [row["ok"] for row in rows] == [False, True]
    assert rows[0]["error"]["code"] == code


@pytest.mark.parametrize("line", [b'"a" b', b'"', "中文".encode(), b"A\xc2\x85B"])
def test_odd_text_is_a_plain_code(line: bytes) -> None:
    rows = told(line + b"\n")
    assert [(row["kind"], row["values"]["text"]) for row in rows] == [("plain", line.decode())]


def test_what_was_scanned_cannot_begin_a_line_of_its_own() -> None:
    output = CliRunner().invoke(parse, [], input="A\u2028ok\u0085ok\u202eok\n".encode()).output
    assert output == "plain          text=A\\u2028ok\\x85ok\\u202eok\n"


def test_a_wrong_line_makes_the_exit_code_1() -> None:
    assert CliRunner().invoke(parse, [], input=b"W1-A-01\n(01)09506000117843\n").exit_code == 0
    assert CliRunner().invoke(parse, [], input=b"(01)09506000117844\nW1-A-01\n").exit_code == 1
    assert CliRunner().invoke(parse, ["--json"], input=b"").exit_code == 0


def test_without_json_a_wrong_line_says_what_is_wrong_in_words() -> None:
    output = CliRunner().invoke(parse, [], input=b"(01)09506000117844\n").output
    assert output == "wrong   check_digit: AI 01 (GTIN), '09506000117844': the check digit is wrong.\n"


def test_every_line_is_gs1_where_that_is_asked_for() -> None:
    rows = told(b"W1-A-01\n]C0TEXT\n(01)09506000117843\n^10A\nhttps://a/01/09506000117843\n", "--gs1")
    assert [row["ok"] for row in rows] == [False, False, True, True, True]


@pytest.mark.parametrize("option", ["--catch-weight", "--catch-weight=28IIIIIWWWWWC"])
def test_catch_weights_are_read_by_their_layouts(option: str) -> None:
    assert told(b"2859414004825\n", option)[0]["values"]["net_weight_g"] == 482


def test_a_layout_that_is_none_is_told() -> None:
    result = CliRunner().invoke(parse, ["--catch-weight=28"], input=b"")
    assert result.exit_code == 2
    assert "28IIIIIWWWWWC" in result.output


def test_half_a_label_says_what_is_missing() -> None:
    row = told(b"(10)A(17)261231\n")[0]
    assert row["ok"]
    assert row["missing"][0].startswith("AI 10 also needs AI 01")
