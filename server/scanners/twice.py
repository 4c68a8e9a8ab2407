"""Readers that see one label many times: which of the scans are new."""

from collections.abc import Callable

from server.scanners.scan import Scan

_REMEMBERED = 1_000


def twice_within(milliseconds: int) -> Callable[[Scan], bool]:
    """A function that says of each scan whether its device saw the same code so short a time before.

    Every sight counts, the doubled ones too: a label is new again once it has left the reader's view for so long. The trigger
    that bounces sends its second code within 300 ms. A clock set back makes a code new.
    """
    seen: dict[tuple[str, str, str], int] = {}

    def is_twice(scan: Scan) -> bool:
        key = (scan.device, scan.symbology, scan.text)
        before = seen.pop(key, None)
        seen[key] = scan.at
        if len(seen) > _REMEMBERED:
            del seen[next(iter(seen))]
        return before is not None and 0 <= scan.at - before <= milliseconds

    return is_twice
