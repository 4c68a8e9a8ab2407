"""A database that cannot be opened: one sentence says what was wrong, with what, and what to do."""

import errno
import os
from pathlib import Path

import pytest

COMMANDS = [("verify",), ("ledger",), ("user", "list"), ("backup",), ("upgrade",)]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("address", "words"), [
    ("{folder}/aisle.db", "For that file give sqlite:///{folder}/aisle.db"), ("sqlite:///{folder}", "{folder} is a folder"),
    ("sqlite:/{folder}", "no address"), ("nonsense://x", "no address")])
def test_what_is_no_database_is_named_and_what_to_give_instead(command, address, words, sqlite_url, tmp_path, aisle):
    told = aisle(address.format(folder=tmp_path), *command)
    assert told.code == 1
    assert words.format(folder=tmp_path) in told.errors


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_database_in_a_folder_that_may_not_be_entered_is_told_with_whom_to_ask_as(command, sqlite_url, aisle, monkeypatch):
    def exists(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", exists)
    told = aisle(sqlite_url, *command)
    assert told.code == 1
    assert "aisle.db may not be opened" in told.errors
    assert "sudo -u" in told.errors


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_database_that_may_not_be_read_is_told_with_whom_to_ask_as(command, sqlite_url, aisle, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    told = aisle(sqlite_url, *command)
    assert told.code == 1
    assert "aisle.db may not be opened" in told.errors
