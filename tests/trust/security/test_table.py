"""server/SECURITY.md says what is shown by which test: the table stays complete and true."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROWS = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in (ROOT / "server" / "SECURITY.md").read_text().splitlines()
        if re.match(r"\| S\d", line)]


def test_every_control_has_one_row():
    assert [row[0] for row in ROWS] == [f"S{number}" for number in range(1, 36)]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_row_says_how_far_it_goes_and_names_tests_that_exist(row):
    _, control, tests, state = row
    named = re.findall(r"`([^`]+)::(\w+)`", tests)
    assert control
    assert re.fullmatch(r"held|held: .+|partly: .+|no part yet: .+", state)
    assert any(path.startswith("tests/trust/security/") for path, _ in named) != state.startswith("no part yet")
    for path, name in named:
        assert name.startswith("test_") and Path(path).name.startswith("test_")
        defined = {node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)}
        assert name in defined, f"{path} has no {name}"
