"""Sales platforms played by us: HTTP servers that check signatures as the real ones do, keep their orders, and fail by name."""
