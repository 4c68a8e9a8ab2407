"""What can be wrong with a printer. Each says in one sentence what it is, where, and what to do."""

from typing import ClassVar


class PrinterError(Exception):
    """The base of what can go wrong with a printer; `code` is for programs and for translations."""

    code: ClassVar[str] = "printer_error"


class UnknownPort(PrinterError):
    """A port's address that no driver understands."""

    code = "unknown_port"


class PrinterUnreachable(PrinterError):
    """The line to the printer is not there, or is there no more."""

    code = "unreachable"


class NotAPrinter(PrinterError):
    """Something answers at the port, and it is no label printer."""

    code = "not_a_printer"


class PrinterFault(PrinterError):
    """The printer is there and does not print until somebody has seen to it."""

    code = "fault"
    what: ClassVar[str] = "does not print"
    to_do: ClassVar[str] = "Look at its display."

    def __init__(self, where: str) -> None:
        super().__init__(f"The printer at {where} {self.what}. {self.to_do}")


class Silent(PrinterFault):
    """The line is there and nothing answers: never taken for a printer that is ready."""

    code = "silent"
    what = "does not answer"
    to_do = "Is it switched on and out of its menu? A serial printer: are speed and handshake the same at both ends?"


class PaperOut(PrinterFault):
    """No labels."""

    code = "paper_out"
    what = "has no labels left"
    to_do = "Put in a new roll and close it; the rest comes out by itself."


class RibbonOut(PrinterFault):
    """No ribbon."""

    code = "ribbon_out"
    what = "has no ribbon left"
    to_do = "Put in a new ribbon; the rest comes out by itself."


class HeadOpen(PrinterFault):
    """The print head is up."""

    code = "head_open"
    what = "is open"
    to_do = "Close the print head until it clicks; the rest comes out by itself."


class OutOrOpen(PrinterFault):
    """It says who it is and not how it is: so do older models whose labels or ribbon are out, or whose head is open."""

    code = "out_or_open"
    what = "is out of labels or ribbon, or open"
    to_do = "See to both and close it; the rest comes out by itself."


class Paused(PrinterFault):
    """Somebody pressed pause."""

    code = "paused"
    what = "is paused"
    to_do = "Press PAUSE on it once; the rest comes out by itself."


class TooHot(PrinterFault):
    """Head or motor over temperature: it goes on by itself."""

    code = "too_hot"
    what = "is too hot"
    to_do = "Wait: it goes on by itself when it has cooled down."


class Broken(PrinterFault):
    """Cutter, head or another part reports a fault."""

    code = "broken"
    what = "reports a fault of its own"
    to_do = "Read its display; switch it off and on when that does not help."
