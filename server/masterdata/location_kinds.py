"""What a location may be; apart from the tables, which a server at work does not load."""

LOCATION_KINDS = ("account", "bin", "dock", "stage", "door", "pack", "hold", "returns", "transit")
"""`account` locations stand outside the building (supplier, customer, variance ...) and hold no balance."""
