"""The label of a return: printed by staff, or a page that its customer prints."""

import json
from collections.abc import Mapping
from typing import Any

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.printing.content import kept_values
from server.printing.labels import NoPrinter
from server.printing.queue import NewLabel, printer_named, reprint_label
from server.printing.templates import live_version, template_for

_NAME = "return_label"


def print_return_label(tx: Tx, site_id: int, values: Mapping[str, Any], *, printer: str = "") -> int:
    """Asks for it at a printer of the site; its job. NotFound for another site's printer, NoPrinter when there is none."""
    if printer and printer_named(tx, printer).site_id != site_id:
        raise NotFound(f"This warehouse has no printer {printer[:64]}.", what=printer[:64])
    job = reprint_label(tx, site_id, NewLabel(label=_NAME, code=str(values["code"]), values=values), printer=printer)
    if job is None:
        raise NoPrinter("This warehouse has no printer. Add one first.", what="printer")
    return job


def return_label_page(tx: Tx, site_id: int, values: Mapping[str, Any]) -> bytes:
    """The same as a PDF, drawn as the site's printers would."""
    from labels.backends.pdf import pdf  # noqa: PLC0415 - slow to load, and few ask for it

    kept, version = kept_values(tx, _NAME, live_version(tx, _NAME, site_id), values)
    return pdf(template_for(tx, _NAME, version).drawings(json.loads(kept)), title=str(values["code"]))
