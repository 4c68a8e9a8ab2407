"""What is written on a label and read off it."""
