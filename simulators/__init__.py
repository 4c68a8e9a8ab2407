"""The outside world, played by us: handhelds and the people who carry them, suppliers, shops."""
