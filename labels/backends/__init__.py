"""What draws a label: for a printer, on a page, as a picture."""
