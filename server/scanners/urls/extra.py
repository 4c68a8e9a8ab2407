"""Libraries of the extra `hid`: loaded when a port needs one, and named when it is absent."""

import importlib
from types import ModuleType

from server.ports import PortError


class MissingExtra(PortError):
    """A port that needs a library which is not installed."""

    code = "library_missing"


def library(name: str, port: str) -> ModuleType:
    """A library by its name; MissingExtra says what to install."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtra(f"{port} needs the library {name!r}, which cannot be loaded ({error}). "
                           "Install it: pip install 'aisle[hid]'. Or set the scanner to serial (USB-CDC).") from error
