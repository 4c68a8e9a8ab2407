"""Walks on floors of any shape: nodes, and what joins them both ways or one way."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.kernel.errors import Invalid
from server.wms.walk.layout import Walk
from server.wms.walk.shortest import PLACES_MAX, seconds_for, walk_over
from server.wms.walk.ways import distances


@dataclass(frozen=True, slots=True)
class Network:
    """`onward` says of each node which nodes one can walk on to, and how far it is."""

    onward: tuple[tuple[tuple[int, float], ...], ...]
    depot: int
    end: int
    picks: tuple[int, ...]
    is_two_way: bool = False


def network_walk(network: Network) -> Walk:
    """A short walk from depot to end over all picks; NoWay names those that cannot be met."""
    at: dict[int, list[int]] = {}
    for number, node in enumerate(network.picks):
        at.setdefault(node, []).append(number)
    if len(at) > PLACES_MAX:
        raise Invalid(f"There are picks at {len(at)} nodes; at most {PLACES_MAX} can be walked at once. "
                      "Plan them in several walks.")
    nodes = [network.depot, *at, network.end]
    names = [f"pick {numbers[0]} (node {node})" for node, numbers in at.items()]
    length, order = walk_over(_table(network, nodes), names, seconds=seconds_for(len(at)))
    return Walk(length, tuple(number for place in order for number in at[nodes[place]]), "fast-tsp")


def _table(network: Network, nodes: Sequence[int]) -> list[list[float]]:
    rows = [distances(network.onward, node) for node in nodes]
    far = [[row[node] for node in nodes] for row in rows]
    if network.is_two_way:  # summed up from the other end a way is longer or shorter by a rounding
        for one in range(len(nodes)):
            for other in range(one):
                far[one][other] = far[other][one]
    return far
