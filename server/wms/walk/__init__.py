"""Walks over a floor: the exact shortest one, a library's, and the rules of thumb they are compared with."""

from server.wms.walk.document import floor_of, layout_of
from server.wms.walk.layout import Layout, Walk
from server.wms.walk.network import Network, network_walk
from server.wms.walk.shortest import NoWay, shortest_length, shortest_walk

__all__ = ["Layout", "Network", "NoWay", "Walk", "floor_of", "layout_of", "network_walk", "shortest_length", "shortest_walk"]
