"""One file a label: a function from plain values to the bytes of a printer."""
