"""Walks through parallel aisles: the exact shortest one, and the rules of thumb it is compared with."""

from server.wms.walk.exact import shortest_length, shortest_walk
from server.wms.walk.layout import Layout, Walk, layout_of

__all__ = ["Layout", "Walk", "layout_of", "shortest_length", "shortest_walk"]
