"""What is packed and into what: whole millimetres, grams and millilitres; 0 where it is not known."""

from dataclasses import dataclass
from typing import Literal

Why = Literal["weight", "volume", "size", "arrangement", "unknown_size", "time", "no_carton"]
Effort = Literal["quick", "longer", "thorough"]

_SENTENCES: dict[Why, str] = {
    "weight": "{carton} may not weigh that much: {what}.",
    "volume": "{carton} is too small: {what}.",
    "size": "{carton} is too short for {what} however it is turned.",
    "arrangement": "No way was found to lay all of it into {carton}: {what}.",
    "unknown_size": "Neither size nor volume of {what} is known. Measure it.",
    "time": "The time for the search was over before {carton}.",
    "no_carton": "There is no carton to choose from.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """`count` pieces of an item, each this big. `this_side_up`: its height stays its height."""

    item: str
    count: int = 1
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    weight_g: int = 0
    volume_ml: int = 0
    this_side_up: bool = False

    @property
    def is_measured(self) -> bool:
        """Whether all three sides are known."""
        return min(self.length_mm, self.width_mm, self.height_mm) > 0

    @property
    def volume_mm3(self) -> int:
        """Of one piece: of its sides where they are known, else of its volume."""
        return self.length_mm * self.width_mm * self.height_mm if self.is_measured else self.volume_ml * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonType:
    """A kind of carton by its inner sides; `max_weight_g` is of the closed parcel, 0 where nothing limits it; `cost` in any one unit."""

    carton: str
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int = 0
    own_weight_g: int = 0
    cost: int = 0

    @property
    def volume_mm3(self) -> int:
        """Of its inside."""
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A piece in a carton: `number` is its turn at packing; x along the length, y along the width, z up, from an inner corner."""

    number: int
    item: str
    x_mm: int
    y_mm: int
    z_mm: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledCarton:
    """A carton and what goes in: pieces with their places, and (`loose`) pieces of known volume only, as wares."""

    carton: CartonType
    placements: tuple[Placement, ...]
    loose: tuple[Ware, ...] = ()
    weight_g: int = 0
    fill_percent: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a carton was not chosen."""

    why: Why
    carton: str
    what: str = ""

    @property
    def sentence(self) -> str:
        """For people."""
        return _SENTENCES[self.why].format(carton=self.carton, what=self.what)


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonChoice:
    """The cartons to use, none where nothing fits; `reasons` why not a smaller one; `notes` on what was guessed."""

    cartons: tuple[FilledCarton, ...]
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
