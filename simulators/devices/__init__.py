"""One file a kind of device: it speaks the real one's bytes on a real port, remembers what it was told, and fails by name."""
