"""Orders whose carton is known, because each was cut out of one."""

import random
from collections.abc import Sequence

from server.wms.cartons import CartonType, Ware

CARTONS = tuple(CartonType(carton=name, length_mm=length, width_mm=width, height_mm=height, max_weight_g=31_500,
                           own_weight_g=length * width * height // 40_000, cost=length * width * height // 100_000)
                for name, length, width, height in (
                    ("XXS", 150, 100, 60), ("XS", 200, 150, 90), ("S", 250, 200, 100), ("FLAT", 350, 250, 60), ("M", 300, 250, 150),
                    ("LONG", 600, 150, 120), ("L", 400, 300, 200), ("XL", 500, 400, 300), ("XXL", 600, 400, 400)))
"""Inner sides of parcels as they are sold, with shapes that a rule by volume alone takes for one another."""

Box = tuple[int, int, int]


def known_orders(count: int, seed: int) -> list[tuple[list[Ware], CartonType]]:
    """Orders of 2 to 9 pieces that fit the carton beside them for certain, and mostly fill 40 to 90 % of it."""
    luck = random.Random(seed)
    return [_order(luck, luck.choice(CARTONS)) for _ in range(count)]


def smaller_than(carton: CartonType, cartons: Sequence[CartonType] = CARTONS) -> list[CartonType]:
    """The cartons with less inside."""
    return [one for one in cartons if one.volume_mm3 < carton.volume_mm3]


def _order(luck: random.Random, carton: CartonType) -> tuple[list[Ware], CartonType]:
    boxes: list[Box] = [(carton.length_mm, carton.width_mm, carton.height_mm)]
    for _ in range(luck.randint(1, 8)):
        boxes.sort(key=lambda box: box[0] * box[1] * box[2])
        boxes += _cut(luck, boxes.pop())
    luck.shuffle(boxes)
    kept, gap = boxes[:max(2, len(boxes) - luck.randint(0, 2))], luck.uniform(0, 0.12)
    wares = [_ware(luck, at, _worn(luck, box, gap)) for at, box in enumerate(kept, 1)]
    return wares, carton


def _ware(luck: random.Random, number: int, box: Box) -> Ware:
    length, width, height = luck.sample(box, 3)
    return Ware(item=f"ITEM-{number}", length_mm=length, width_mm=width, height_mm=height, weight_g=length * width * height // 5000)


def _cut(luck: random.Random, box: Box) -> list[Box]:
    """In two, across its longest side."""
    along = max(range(3), key=lambda at: box[at])
    part = max(1, round(box[along] * luck.uniform(0.3, 0.7)))
    pieces = [list(box), list(box)]
    pieces[0][along], pieces[1][along] = part, box[along] - part
    return [(a, b, c) for a, b, c in pieces]


def _worn(luck: random.Random, box: Box, gap: float) -> Box:
    """Smaller than the space that was cut for it, by up to this part of each side."""
    length, width, height = (max(1, side - luck.randint(0, 1 + round(side * gap))) for side in box)
    return length, width, height
