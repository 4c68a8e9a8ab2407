"""RFID readers, simulated: what stands in their field, and the bytes that they say about it."""
