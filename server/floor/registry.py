"""All processes of the floor, found by looking into a package: there is no list to edit."""

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from server.floor.process import Process
from server.floor.schemas import SCHEMAS, Schemas
from server.masterdata.codes import Codes, card_codes


class Registry:
    """The processes by task kind, who is asked first when something is scanned with no task at hand, and which schemas are spoken."""

    def __init__(self, processes: Iterable[Process], schemas: Schemas = SCHEMAS) -> None:
        self.schemas = schemas
        self.in_order = sorted(processes, key=lambda process: (process.order, process.kind))
        self.by_kind = {process.kind: process for process in self.in_order}
        self.cards: Codes = card_codes(card for process in self.in_order for card in process.cards)
        self._free = {kind: process for process in self.in_order for kind in process.handlers}
        self.lasting = sorted({f"{process.kind}/{kind}" for process in self.in_order for kind in process.lasting}
                              | {f"/{kind}" for kind, process in self._free.items() if kind in process.lasting})

    def for_operation(self, task_kind: str | None, operation_kind: str) -> Process | None:
        """The process that handles an operation: its task's own, else any that knows the kind."""
        own = self.by_kind.get(task_kind or "")
        if own is not None and operation_kind in own.handlers:
            return own
        return None if task_kind else self._free.get(operation_kind)


def discover(package: ModuleType) -> Registry:
    """The registry of every module of `package` that holds a PROCESS."""
    modules = (importlib.import_module(f"{package.__name__}.{found.name}")
               for found in pkgutil.iter_modules(package.__path__))
    return Registry(module.PROCESS for module in modules if hasattr(module, "PROCESS"))
