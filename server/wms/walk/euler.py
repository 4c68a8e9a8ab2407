"""A walk over every edge of a graph (Hierholzer 1873)."""

from collections import defaultdict
from collections.abc import Iterable

Node = object
Edge = tuple[Node, Node]


def euler_walk(edges: Iterable[Edge], start: Node) -> list[Node]:
    """The nodes in the order of a walk from `start` that uses every edge once; its end is the other odd node."""
    ways: dict[Node, list[tuple[int, Node]]] = defaultdict(list)
    for number, (one, other) in enumerate(edges):
        ways[one].append((number, other))
        ways[other].append((number, one))
    used: set[int] = set()
    path, walk = [start], []
    while path:
        choices = ways[path[-1]]
        while choices and choices[-1][0] in used:
            choices.pop()
        if choices:
            number, node = choices.pop()
            used.add(number)
            path.append(node)
        else:
            walk.append(path.pop())
    return walk[::-1]
