"""How pieces go into a carton, as a picture without words: isometric, one view for each step, numbered in the order of packing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from xml.sax.saxutils import escape

from server.wms.cartons.models import FilledCarton, Placement

_COS, _SIN = cos(pi / 6), sin(pi / 6)
_VIEW, _MARGIN, _COLUMNS = 260, 18, 3
_SINGLE_STEPS = 9
_COLOURS = ("#8dd3c7", "#ffed6f", "#bebada", "#fb8072", "#80b1d3", "#fdb462", "#b3de69", "#fccde5", "#ccebc5", "#bc80bd")
_SEEN = "#e8e8e8"
_EDGE = 14
"""Round a picture that stands alone: the mark of a piece at the rim is whole."""
_MARK, _SMALL_MARK = 15, 9

Corner = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """What goes in next: an SVG, and the items in it as (item, pieces, the colour that they have there)."""

    picture: str
    items: tuple[tuple[str, int, str], ...]


def carton_picture(cartons: Sequence[FilledCarton]) -> str:
    """An SVG of all cartons of an order, one below the other.

    Up to nine pieces go in one at a time, more of them layer by layer; what lies in already is grey. x runs down to the right,
    y down to the left, z up. A carton's name stands above it, the pieces' names in tooltips.
    """
    parts, top = list[str](), 0
    for filled in cartons:
        views = [_view(filled, until, at) for at, until in enumerate(_steps(filled.placements))]
        rows = -(-len(views) // _COLUMNS) or 1
        parts.append(f'<g transform="translate(0 {top})"><text x="{_MARGIN}" y="20" font-size="15">{escape(filled.carton.carton)}</text>'
                     f"{''.join(views)}</g>")
        top += 30 + rows * _VIEW
    width = _COLUMNS * _VIEW
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}" height="{top}" '
            f'font-family="sans-serif" stroke-linejoin="round">{"".join(parts)}</svg>\n')


def carton_steps(filled: FilledCarton) -> list[Step]:
    """A picture for each step of filling a carton, to be looked at one after the other: each item has a colour, what lies in already is grey."""
    colours = _colours(filled.placements)
    steps = []
    for new in _steps(filled.placements):
        counted = Counter(one.item for one in filled.placements if new[0] <= one.number <= new[1])
        steps.append(Step(_alone(filled, new, colours), tuple((item, count, colours[item]) for item, count in counted.items())))
    return steps


def full_carton(filled: FilledCarton) -> str:
    """One SVG of the carton with everything in it, without numbers: to be known again at a glance."""
    return _alone(filled, (1, len(filled.placements)), _colours(filled.placements), has_marks=False)


def _colours(pieces: Sequence[Placement]) -> dict[str, str]:
    return {item: _COLOURS[at % len(_COLOURS)] for at, item in enumerate(dict.fromkeys(one.item for one in pieces))}


def _alone(filled: FilledCarton, new: tuple[int, int], colours: dict[str, str], *, has_marks: bool = True) -> str:
    sides = filled.carton.length_mm, filled.carton.width_mm, filled.carton.height_mm
    scale = _scale(sides)
    inside = [one for one in filled.placements if one.number <= new[1]]
    drawn = "".join(_piece(one, scale, colours[one.item] if one.number >= new[0] else _SEEN) for one in _from_behind(inside))
    is_single = new[0] == new[1]  # in a layer the marks would hide the pieces
    marks = "".join(_mark(one, scale, _MARK) for one in inside if has_marks and is_single and one.number == new[0])
    left, top = -sides[1] * _COS * scale - _EDGE, -sides[2] * scale - _EDGE
    width, height = (sides[0] + sides[1]) * _COS * scale + 2 * _EDGE, ((sides[0] + sides[1]) * _SIN + sides[2]) * scale + 2 * _EDGE
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" '
            f'font-family="sans-serif" stroke-linejoin="round">{_back(sides, scale)}{drawn}{_front(sides, scale)}{marks}</svg>')


def _scale(sides: tuple[int, int, int]) -> float:
    return (_VIEW - 2 * _MARGIN) / max((sides[0] + sides[1]) * _COS, (sides[0] + sides[1]) * _SIN + sides[2])


def _steps(pieces: Sequence[Placement]) -> list[tuple[int, int]]:
    """What is new in each view, as (first number, last number)."""
    if not pieces:
        return [(1, 0)]
    if len(pieces) <= _SINGLE_STEPS:
        return [(one.number, one.number) for one in pieces]
    starts = [one.number for before, one in zip((None, *pieces), pieces, strict=False) if before is None or one.z_mm != before.z_mm]
    return list(zip(starts, [*(one - 1 for one in starts[1:]), pieces[-1].number], strict=True))


def _view(filled: FilledCarton, new: tuple[int, int], at: int) -> str:
    carton = filled.carton
    sides = carton.length_mm, carton.width_mm, carton.height_mm
    scale = _scale(sides)
    x = (at % _COLUMNS) * _VIEW + _MARGIN + sides[1] * _COS * scale
    y = 30 + (at // _COLUMNS) * _VIEW + _MARGIN + sides[2] * scale
    inside = [one for one in filled.placements if one.number <= new[1]]
    drawn = "".join(_piece(one, scale, _COLOURS[(one.number - 1) % len(_COLOURS)] if one.number >= new[0] else _SEEN) for one in _from_behind(inside))
    marks = "".join(_mark(one, scale, _SMALL_MARK) for one in inside if one.number >= new[0])
    return f'<g transform="translate({x:.1f} {y:.1f})">{_back(sides, scale)}{drawn}{_front(sides, scale)}{marks}</g>'


def _from_behind(pieces: Sequence[Placement]) -> list[Placement]:
    """So that what stands in front is drawn last; boxes that go around each other, which is rare, by their far corner."""
    rest, drawn = sorted(pieces, key=lambda one: one.x_mm + one.y_mm + one.z_mm), list[Placement]()
    while rest:
        first = next((one for one in rest if not any(_is_behind(other, one) for other in rest if other is not one)), rest[0])
        rest.remove(first)
        drawn.append(first)
    return drawn


def _is_behind(one: Placement, other: Placement) -> bool:
    """Whether `one` may hide no part of `other`, and the other way round it may."""
    ends = (one.x_mm + one.length_mm, one.y_mm + one.width_mm, one.z_mm + one.height_mm)
    begins = (other.x_mm, other.y_mm, other.z_mm)
    if not any(end <= begin for end, begin in zip(ends, begins, strict=True)):
        return False
    other_ends = (other.x_mm + other.length_mm, other.y_mm + other.width_mm, other.z_mm + other.height_mm)
    return not any(end <= begin for end, begin in zip(other_ends, (one.x_mm, one.y_mm, one.z_mm), strict=True))


def _piece(one: Placement, scale: float, colour: str) -> str:
    x, y, z = one.x_mm, one.y_mm, one.z_mm
    far_x, far_y, far_z = x + one.length_mm, y + one.width_mm, z + one.height_mm
    faces: tuple[tuple[float, tuple[Corner, ...]], ...] = (
        (0.0, ((x, y, far_z), (far_x, y, far_z), (far_x, far_y, far_z), (x, far_y, far_z))),
        (0.12, ((x, far_y, z), (far_x, far_y, z), (far_x, far_y, far_z), (x, far_y, far_z))),
        (0.25, ((far_x, y, z), (far_x, far_y, z), (far_x, far_y, far_z), (far_x, y, far_z))))
    drawn = "".join(f'<path d="{_path(corners, scale)}Z" fill="{colour}"/><path d="{_path(corners, scale)}Z" fill="#000" fill-opacity="{shade}"/>'
                    for shade, corners in faces)
    return f'<g stroke="#555" stroke-width=".7"><title>{one.number} {escape(one.item)}</title>{drawn}</g>'


def _mark(one: Placement, scale: float, radius: int) -> str:
    x, y = _flat((one.x_mm + one.length_mm / 2, one.y_mm + one.width_mm / 2, one.z_mm + one.height_mm), scale)
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="#fff" stroke="#333"/>'
            f'<text x="{x:.1f}" y="{y + radius * 0.42:.1f}" font-size="{radius + 2}" text-anchor="middle">{one.number}</text>')


def _back(sides: tuple[int, int, int], scale: float) -> str:
    length, width, height = sides
    floor = _path(((0, 0, 0), (length, 0, 0), (length, width, 0), (0, width, 0)), scale)
    walls = _path(((0, width, height), (0, 0, height), (length, 0, height)), scale) + _path(((0, 0, 0), (0, 0, height)), scale)
    return f'<path d="{floor}Z{walls}" fill="none" stroke="#a67c45" stroke-dasharray="3 3"/>'


def _front(sides: tuple[int, int, int], scale: float) -> str:
    length, width, height = sides
    lines = (((0, width, 0), (0, width, height), (length, width, height), (length, 0, height), (length, 0, 0)),
             ((0, width, 0), (length, width, 0), (length, 0, 0)), ((length, width, 0), (length, width, height)))
    return f'<path d="{"".join(_path(one, scale) for one in lines)}" fill="none" stroke="#a67c45" stroke-width="1.2"/>'


def _path(corners: Sequence[Corner], scale: float) -> str:
    points = [_flat(one, scale) for one in corners]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _flat(corner: Corner, scale: float) -> tuple[float, float]:
    x, y, z = corner
    return (x - y) * _COS * scale, ((x + y) * _SIN - z) * scale
