"""Kinds of addresses that pyserial finds here by name: `protocol_NAME.Serial` opens `NAME://...`."""
