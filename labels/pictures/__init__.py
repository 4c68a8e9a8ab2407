"""Codes read off pictures. Only `formats` is light: the others load the decoder, and are imported where a picture is at hand."""
