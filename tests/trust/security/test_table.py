"""server/SECURITY.md says what is shown by which test: the table stays complete and true."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WANTED = [*(f"S{number}" for number in range(1, 17)), "S21", "S27", "S28", "S29", "S30"]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in (ROOT / "server" / "SECURITY.md").read_text().splitlines()
        if re.match(r"\| S\d", line)]


def test_every_control_that_was_promised_has_a_row():
    assert [row[0] for row in ROWS] == WANTED


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_test_that_the_table_names_exists(row):
    _, control, tests, state = row
    named = re.findall(r"`([^`]+)::(\w+)`", tests)
    assert control and state and named
    for path, name in named:
        defined = {node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)}
        assert name in defined, f"{path} has no {name}"
