"""What all commands share: the database they work on, and how they answer."""

import contextlib
import errno
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from server.kernel.database import Database

T = TypeVar("T")
_ADDRESSES = "Give sqlite:/// and a file, or postgresql+psycopg://USER@HOST/NAME."


def with_database(url: str, work: Callable[[Database], T]) -> T:
    """Runs work on the database; a clear error when there is none, or none that may be opened."""
    with clear_errors():
        database = _opened(url)
    try:
        return work(database)
    finally:
        database.close()


def var_of(url: str) -> Path:
    """The folder for what the house writes beside its database."""
    return Path(os.environ.get("AISLE_VAR") or (Path(url.removeprefix("sqlite:///")).parent if "sqlite" in url else "var"))


def make_folder(url: str) -> None:
    """Makes the folder of an SQLite file."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """Says in one sentence what a disk, a file or an address did not allow."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError) as error:
        raise click.ClickException(f"This is no address of a database: {str(error).splitlines()[0]}. {_ADDRESSES}") from error
    except ModuleNotFoundError as error:
        raise click.ClickException(f"The driver {error.name} is not installed. PostgreSQL's address begins with "
                                   "postgresql+psycopg:// and needs aisle[postgres].") from error
    except PermissionError as error:
        raise click.ClickException(f"{error.filename} may not be opened: {error.strerror}. Run the command as the user that it "
                                   "belongs to, for example with sudo -u aisle.") from error
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(str(error)) from error


def say(values: dict[str, Any], as_json: bool, sentence: str) -> None:
    """Answers as JSON for programs, else in a sentence."""
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else sentence)


def _opened(url: str) -> Database:
    if "://" not in url:
        raise click.ClickException(f"{url} is no address of a database. For that file give sqlite:///{url} with --db.")
    if url.startswith("sqlite:///"):
        _guard_file(url, Path(url.removeprefix("sqlite:///")))
    return Database(url)


def _guard_file(url: str, path: Path) -> None:
    """SQLite would say the same of a file that is not there, one that is a folder and one that is somebody else's."""
    if not path.exists():
        raise click.ClickException(f"There is no database at {url}. Run `aisle init` first, or give another with --db.")
    if path.is_dir():
        raise click.ClickException(f"{path} is a folder. Give the database's file in it with --db.")
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
