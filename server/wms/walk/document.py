"""Floors written as JSON: aisles with cross aisles, or nodes with what joins them. Invalid says what is wrong where."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from server.kernel.errors import Invalid
from server.wms.walk.layout import Corner, Layout
from server.wms.walk.network import Network

PICKS_MAX = 20_000
AISLES_MAX = 1_000
CROSS_AISLES_MAX = 100
ONE_WAY_CROSSINGS_MAX = 2_000
NODES_MAX = 5_000
EDGES_MAX = 20_000
_METRES_MAX = 1e7
_NEAR = 1e-6
_ONE_WAY = {"up": 1, "down": -1}


def floor_of(document: Any) -> Layout | Network:
    """A floor with its picks, in whichever of the two forms it is written."""
    if isinstance(document, Mapping) and "nodes" in document:
        return network_of(document)
    return layout_of(document)


def layout_of(document: Any) -> Layout:
    """From aisles, cross_aisles, depot, end (the depot if left out), picks, and one_way where aisles are."""
    if not isinstance(document, Mapping):
        raise _wrong("the file", "must hold an object with aisles, cross_aisles, depot and picks")
    xs, ys = _places(document, "aisles", AISLES_MAX), _places(document, "cross_aisles", CROSS_AISLES_MAX)
    order = sorted(range(len(xs)), key=lambda number: xs[number])
    place = {number: at for at, number in enumerate(order)}
    aisles, crosses = tuple(xs[number] for number in order), tuple(sorted(ys))
    depot = _corner(document.get("depot"), "depot", aisles, crosses)
    end = depot if document.get("end") is None else _corner(document["end"], "end", aisles, crosses)
    one_way = _one_way(document.get("one_way"), order)
    if one_way and len(aisles) * len(crosses) > ONE_WAY_CROSSINGS_MAX:
        raise _wrong("one_way", f"is possible up to {ONE_WAY_CROSSINGS_MAX} crossings of aisles with cross aisles, "
                                f"here are {len(aisles) * len(crosses)}")
    return Layout(aisles, crosses, depot, end, _picks(document.get("picks"), place), one_way)


def network_of(document: Mapping[str, Any]) -> Network:
    """From nodes, edges (both ways), arcs (one way), depot, end (the depot if left out) and picks, by nodes' numbers."""
    nodes = [_point(node, f"nodes[{number}]") for number, node in enumerate(_list(document, "nodes", NODES_MAX, least=1))]
    onward: list[list[tuple[int, float]]] = [[] for _ in nodes]
    for name, is_two_way in (("edges", True), ("arcs", False)):
        for number, edge in enumerate(_list(document, name, EDGES_MAX) if document.get(name) is not None else ()):
            one, other, metres = _edge(edge, f"{name}[{number}]", nodes)
            onward[one].append((other, metres))
            if is_two_way:
                onward[other].append((one, metres))
    depot = _node(document.get("depot"), "depot", nodes)
    end = depot if document.get("end") is None else _node(document["end"], "end", nodes)
    picks = [_node(pick, f"picks[{number}]", nodes) for number, pick in enumerate(_list(document, "picks", PICKS_MAX))]
    return Network(tuple(map(tuple, onward)), depot, end, tuple(picks), is_two_way=not document.get("arcs"))


def _list(document: Mapping[str, Any], name: str, most: int, *, least: int = 0) -> Sequence[Any]:
    values = document.get(name)
    if not isinstance(values, list | tuple):
        raise _wrong(name, f"is missing; it is a list of {least} to {most}" if values is None else f"is {_short(values)}, not a list")
    if not least <= len(values) <= most:
        raise _wrong(name, f"has {len(values)} entries; from {least} to {most} are possible")
    return values


def _places(document: Mapping[str, Any], name: str, most: int) -> list[float]:
    values = _list(document, name, most, least=1)
    for number, value in enumerate(values):
        if not _is_metres(value):
            raise _wrong(f"{name}[{number}]", f"is {_short(value)}, not a number of metres")
    seen: dict[float, int] = {}
    for number, value in enumerate(values):
        if seen.setdefault(float(value), number) != number:
            raise _wrong(f"{name}[{number}]", f"is at {value:g} like {name}[{seen[float(value)]}]; each place may stand once")
    return [float(value) for value in values]


def _corner(value: Any, name: str, aisles: Sequence[float], crosses: Sequence[float]) -> Corner:
    x, y = _point(value, name)
    aisle = next((at for at, place in enumerate(aisles) if abs(x - place) < _NEAR), None)
    cross = next((at for at, place in enumerate(crosses) if abs(y - place) < _NEAR), None)
    if aisle is None or cross is None:
        raise _wrong(name, f"[{x:g}, {y:g}] does not lie where an aisle meets a cross aisle: "
                           + (f"no aisle is at x {x:g}" if aisle is None else f"no cross aisle is at y {y:g}"))
    return aisle, cross


def _picks(value: Any, place: Mapping[int, int], name: str = "picks") -> tuple[tuple[int, float], ...]:
    picks = []
    for number, pick in enumerate(_list({name: value}, name, PICKS_MAX)):
        aisle, y = _pair(pick, f"{name}[{number}]", "[aisle index, y in metres]")
        if aisle not in place:
            raise _wrong(f"{name}[{number}]", f"lies in aisle {aisle:g}; there are {len(place)}, counted from 0")
        picks.append((place[int(aisle)], y))
    return tuple(picks)


def _one_way(value: Any, order: Sequence[int]) -> tuple[int, ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise _wrong("one_way", f'is {_short(value)}, not an object such as {{"0": "up", "1": "down"}}')
    known = {str(number) for number in order}
    for aisle, way in value.items():
        if aisle not in known:
            raise _wrong("one_way", f"names aisle {_short(aisle)}; there are {len(order)}, counted from 0")
        if not isinstance(way, str) or way not in _ONE_WAY:
            raise _wrong(f"one_way[{aisle}]", f'is {_short(way)}, not "up" (towards greater y) or "down"')
    ways = {int(aisle): _ONE_WAY[way] for aisle, way in value.items()}
    return tuple(ways.get(number, 0) for number in order) if ways else ()


def _edge(value: Any, where: str, nodes: Sequence[tuple[float, float]]) -> tuple[int, int, float]:
    if not isinstance(value, list | tuple) or len(value) not in (2, 3):
        raise _wrong(where, f"is {_short(value)}, not [node, node] or [node, node, metres]")
    one, other = (_node(node, where, nodes) for node in value[:2])
    metres = value[2] if len(value) == 3 else math.dist(nodes[one], nodes[other])
    if not _is_metres(metres) or metres < 0:
        raise _wrong(where, f"is {_short(metres)} metres long; a length is a number from 0")
    return one, other, float(metres)


def _node(value: Any, where: str, nodes: Sequence[Any]) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < len(nodes):
        raise _wrong(where, f"names node {_short(value)}; there are {len(nodes)}, counted from 0")
    return value


def _point(value: Any, where: str) -> tuple[float, float]:
    return _pair(value, where, "[x, y] in metres")


def _pair(value: Any, where: str, wanted: str) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(map(_is_metres, value)):
        raise _wrong(where, f"is missing; it is {wanted}" if value is None else f"is {_short(value)}, not {wanted}")
    return float(value[0]), float(value[1])


def _is_metres(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _METRES_MAX


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, int) or abs(value) < _METRES_MAX else "a huge number"
    return text if len(text) <= 40 else text[:37] + "..."


def _wrong(where: str, what: str) -> Invalid:
    return Invalid(f"The floor cannot be read: {where} {what}.", errors=[{"where": where, "what": what}])
