"""The command line as a person uses it: arguments in, exit code and texts out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli.main import main


@dataclass(frozen=True)
class Told:
    code: int
    text: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@pytest.fixture
def aisle() -> Callable[..., Told]:
    def run(url: str, *arguments: str, typed: str = "") -> Told:
        result = CliRunner().invoke(main, ["--db", url, *arguments], input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Told(result.exit_code, result.stdout, result.stderr)

    return run
