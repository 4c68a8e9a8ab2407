"""Brings bytes to a label printer and its condition back; knows no order."""

from printers.errors import (
    Broken,
    HeadOpen,
    NotAPrinter,
    OutOrOpen,
    PaperOut,
    Paused,
    PrinterError,
    PrinterFault,
    PrinterUnreachable,
    RibbonOut,
    Silent,
    TooHot,
    UnknownPort,
)
from printers.ports import Port, folder_of, guard_url, open_port, put_in_folder

__all__ = [
    "Broken", "HeadOpen", "NotAPrinter", "OutOrOpen", "PaperOut", "Paused", "Port", "PrinterError", "PrinterFault", "PrinterUnreachable", "RibbonOut",
    "Silent", "TooHot", "UnknownPort", "folder_of", "guard_url", "open_port", "put_in_folder",
]
