"""RFID readers that speak LLRP 1.0.1 and 1.1 (EPCglobal Low Level Reader Protocol) over TCP, port 5084."""

from server.scanners.llrp.driver import LlrpReader
from server.scanners.llrp.messages import LlrpSettings, ReaderEvent, ReaderRefuses, UnknownSetting

__all__ = ["LlrpReader", "LlrpSettings", "ReaderEvent", "ReaderRefuses", "UnknownSetting"]
