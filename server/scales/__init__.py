"""Drivers of scales: bytes to weights that stand still, no warehouse words."""
