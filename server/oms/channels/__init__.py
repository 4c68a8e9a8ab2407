"""One module for each kind of sales channel: how it signs, pages, tells and is told. None of them knows the database."""

import importlib
import pkgutil
from functools import cache

from server.oms.channels.base import Kind


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by their names, found by looking into this package: there is no list to edit."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {module.KIND.name: module.KIND for module in modules if hasattr(module, "KIND")}
