"""Drivers of scanners, cameras and RFID readers: bytes to scans and tag reads, no warehouse words."""
