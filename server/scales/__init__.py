"""Drivers of scales: bytes to weights that stand still, no warehouse words."""

from server.scales.driver import PROTOCOLS, ScaleDriver, ScaleSettings, driver_for, settings_of
from server.scales.stable import Settler, Weight
from server.scales.weighing import GRAMS, ScaleError, Weighing

__all__ = ["GRAMS", "PROTOCOLS", "ScaleDriver", "ScaleError", "ScaleSettings", "Settler", "Weighing", "Weight", "driver_for", "settings_of"]
