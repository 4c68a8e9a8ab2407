"""Identifiers and secrets."""

import hashlib
import secrets
import time
import uuid


def uuid7() -> str:
    """A UUIDv7 (RFC 9562): sorted by the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return str(uuid.UUID(int=value))


def new_secret(prefix: str, bits: int = 192) -> str:
    """A random token with a readable prefix, shown once and stored only as its hash."""
    return f"{prefix}_{secrets.token_urlsafe(bits // 8)}"


def secret_hash(secret: str) -> str:
    """SHA-256 of a high-entropy secret, as hex; PINs and passwords need argon2 instead."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
