"""Plays one seed and tells it: `python -m tests.trust.protocol SEED [MISTAKE]`; exit 1 when a promise is broken."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from server.kernel.migrations import upgrade
from tests.trust.protocol.house import PLAY, House, Rehearsal
from tests.trust.protocol.mistakes import MISTAKES
from tests.trust.protocol.plan import plan_of
from tests.trust.protocol.shrink import played, report


def house_in(folder: Path) -> House:
    upgrade(f"sqlite:///{folder / 'template.db'}")
    database = Rehearsal(folder / "template.db")
    house = House(database)
    database.keep(PLAY)
    return house


def main(seed: int, mistake: str | None = None) -> int:
    with ExitStack() as stack:
        house = house_in(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        if mistake is not None:
            stack.enter_context(MISTAKES[mistake].plant())
        record = played(house, plan_of(seed))
        told = report(house, seed) if record.faults else "\n".join(record.lines)
        sys.stdout.write(f"{told}\nhistory {record.hash}\n")
        house.database.close()
    return int(bool(record.faults))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:3]))
