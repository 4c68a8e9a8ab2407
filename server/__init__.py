"""The warehouse server: floor, ledger and the systems around them."""
