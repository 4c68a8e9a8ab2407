"""A walk over every edge of a graph (Hierholzer 1873)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

Node = TypeVar("Node")


def euler_walk(edges: Sequence[tuple[Node, Node]], start: Node) -> list[tuple[int | None, Node]]:
    """A walk from `start` that uses every edge once: of each step the edge's number and the node reached."""
    ways: dict[Node, list[tuple[int, Node]]] = defaultdict(list)
    for number, (one, other) in enumerate(edges):
        ways[one].append((number, other))
        ways[other].append((number, one))
    is_used = [False] * len(edges)
    path: list[tuple[int | None, Node]] = [(None, start)]
    walk = []
    while path:
        choices = ways[path[-1][1]]
        while choices and is_used[choices[-1][0]]:
            choices.pop()
        if choices:
            step = choices.pop()
            is_used[step[0]] = True
            path.append(step)
        else:
            walk.append(path.pop())
    return walk[::-1]
