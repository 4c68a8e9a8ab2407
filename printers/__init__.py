"""Brings bytes to a label printer; knows no order."""

from printers.ports import PrinterError, PrinterUnreachable, UnknownPort, send

__all__ = ["PrinterError", "PrinterUnreachable", "UnknownPort", "send"]
