"""A device's port: opened by its address, kept open through every unplugging, and its condition told. No device's own words."""

from server.ports.keeper import Condition, Driver, Keeper
from server.ports.line import (
           Line,
           NoAnswer,
           Nonsense,
           PortBusy,
           PortError,
           PortLost,
           PortSettings,
           SettingRefused,
           Silent,
           UnknownPort,
           watch,
)

__all__ = ["Condition", "Driver", "Keeper", "Line", "NoAnswer", "Nonsense", "PortBusy", "PortError", "PortLost", "PortSettings", "SettingRefused", "Silent",
           "UnknownPort", "watch"]
