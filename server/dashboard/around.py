"""What the views need to know of the server that shows them."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Around:
    """The client's build that is served, where the server keeps its data, and how often it makes a backup (0: never)."""

    build: str = ""
    var_folder: Path = Path()
    backup_hours: float = 0
