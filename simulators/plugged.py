"""`sim://NAME`: a simulated device by its name, wherever it listens just now; so a station's settings outlive the simulators."""

import os
import re
import tempfile
from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def plug(name: str, url: str) -> None:
    """Notes where a device listens; ValueError for a name that is none."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(url)
    draft.replace(path)


def pull(name: str) -> None:
    """It listens no more."""
    _path(name).unlink(missing_ok=True)


def address(url: str) -> str:
    """Where the device of `sim://NAME` listens; FileNotFoundError when it is not plugged in, ValueError for a name that is none."""
    return _path(url.removeprefix("sim://")).read_text()


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:40]!r} is no name of a simulated device: use small letters, digits and lines, such as sim://dock-3.")
    who = os.getuid() if hasattr(os, "getuid") else "all"
    return Path(os.environ.get("AISLE_SIM") or Path(tempfile.gettempdir()) / f"aisle-sim-{who}") / name
