"""HTTP: the REST API under /api/v1, its description, and the pages of the web client."""

from server.api.factory import make_web
from server.api.parts import Parts, SetupLink

__all__ = ["Parts", "SetupLink", "make_web"]
