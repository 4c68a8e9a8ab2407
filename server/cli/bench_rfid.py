"""`aisle bench rfid`: a gate full of tags, read by a simulated reader of its own process, until visits are what they truly were."""

import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from labels.gs1.epc import encode
from server.cli.figures import Figure, report
from server.ports import Keeper, Line, PortError
from server.scanners.llrp import LlrpReader, LlrpSettings
from server.scanners.llrp import messages as says
from server.scanners.llrp.wire import Message, Messages
from server.scanners.scan import TagRead
from server.scanners.visits import Smoother, Visit

_WINDOW_MS = 3_000
_PASSES_SECONDS, _EVERY_SECONDS = 4.0, 12.0
_SETTLES_SECONDS = 1.0
_BARE_SECONDS = 5.0
_ANTENNAS = (1, 2, 3, 4)


@click.command("rfid")
@click.option("--minutes", default=1.0, show_default=True, type=click.FloatRange(min=0.3), help="How long it reads.")
@click.option("--speed", default=1_000, show_default=True, type=click.IntRange(10, 5_000), help="Reads a second.")
@click.option("--tags", "count", default=200, show_default=True, type=click.IntRange(1, 2_000), help="Tags; each passes every 12 seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_rfid(context: click.Context, *, minutes: float, speed: int, count: int, as_json: bool) -> None:
    """Read tags that pass a gate again and again, through LLRP over TCP, and count their visits.

    Every other tag goes through backwards. The limit is the processor's share of taking the same reports from a bare
    socket, in the same run. Ends with 1 when a goal is missed.
    """
    gate = _Gate(count, minutes * 60)
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder, _reader(Path(folder) / "tags", gate.lines(), speed) as url:
        told = _through(url, minutes * 60)
        bare = _bare(url)
    if told.began is None:
        raise click.ClickException(f"No tag was read: {told.error}")
    figures = [
        Figure("visits that never were, or were not told", gate.wrong(told.visits), "", 0),
        Figure("visits told with the wrong direction", gate.turned(told.visits), "", 0),
        Figure("visits", len(told.visits), "", limit=gate.total), Figure("reads", told.reads, ""),
        Figure("reads a second", told.reads / told.seconds, "", speed * gate.busy * 0.95, at_least=True),
        Figure("processor, of one core", told.cpu * 100, "%", limit=bare * 100),
        Figure("memory at the end", told.memory[-1], "MiB", max(told.memory[: len(told.memory) // 2 + 1]) * 1.1)]
    report(context, figures, {"reader": "LLRP, simulated, a process of its own", "minutes": minutes, "tags": count,
                              "window": f"{_WINDOW_MS / 1000:g} s"}, as_json=as_json)


class _Gate:
    """The tags and what they truly do: `busy` is how much of the time anything is there to be read."""

    def __init__(self, count: int, seconds: float) -> None:
        self._begins = {encode("sgtin-96", company="9506000", reference="134352", serial=str(number), filter_value=1).data:
                        number * (_EVERY_SECONDS - _PASSES_SECONDS) / count for number in range(1, count + 1)}
        self.passages = int((seconds - _EVERY_SECONDS) // _EVERY_SECONDS) + 1
        self.total = count * self.passages
        passing = min(_EVERY_SECONDS, _PASSES_SECONDS + (_EVERY_SECONDS - _PASSES_SECONDS) * (count - 1) / count)
        self.busy = passing * self.passages / seconds

    def lines(self) -> Iterator[str]:
        """As the simulated reader takes them."""
        for place, (epc, begins) in enumerate(self._begins.items()):
            antennas = ",".join(map(str, _ANTENNAS if place % 2 == 0 else _ANTENNAS[::-1]))
            yield (f"{epc.hex()} antennas={antennas} from={begins:.3f} for={_PASSES_SECONDS} "
                   f"passages={self.passages} every={_EVERY_SECONDS}")

    def wrong(self, visits: Sequence[Visit]) -> int:
        """How many visits are too many or too few, over all tags."""
        told = Counter(one.epc for one in visits)
        return sum(abs(told[epc] - self.passages) for epc in self._begins) + sum(told[epc] for epc in told if epc not in self._begins)

    def turned(self, visits: Sequence[Visit]) -> int:
        """How many visits have not the direction of their tag."""
        way = {epc: "forward" if place % 2 == 0 else "back" for place, epc in enumerate(self._begins)}
        return sum(one.direction != way.get(one.epc) for one in visits)


class _Told:
    """What the client made of it."""

    def __init__(self) -> None:
        self.smoother = Smoother(_WINDOW_MS, _ANTENNAS)
        self.visits: list[Visit] = []
        self.memory: list[float] = []
        self.reads, self.seconds, self.cpu, self.error = 0, 0.0, 0.0, ""
        self.began: float | None = None
        self.first = threading.Event()

    def take(self, reads: Sequence[TagRead]) -> None:
        """In the keeper's thread, as the server would."""
        if self.began is None:
            self.began = time.monotonic()
            self.first.set()
        self.reads += len(reads)
        self.smoother.feed(reads)
        self.visits += self.smoother.ended(reads[-1].at)


def _through(url: str, seconds: float) -> _Told:
    told = _Told()
    keeper = Keeper("bench", url, LlrpReader(told.take, LlrpSettings()))
    keeper.start()
    told.first.wait(10)
    began, cpu = time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds + _SETTLES_SECONDS and told.began is not None:
        time.sleep(0.25)
        told.memory.append(_memory_mib())
    told.seconds, told.cpu = seconds, (time.process_time() - cpu) / (time.monotonic() - began)
    told.error = keeper.condition.error
    keeper.stop()
    told.visits += told.smoother.finish()
    return told


def _bare(url: str) -> float:
    """The processor's share of taking the same reports from the same reader, and doing nothing with them."""
    line = _greeted(url)
    orders = (says.set_config(LlrpSettings()), says.add_rospec(LlrpSettings(), says.Capabilities(antennas=len(_ANTENNAS))))
    ident = says.ROSPEC_ID.to_bytes(4, "big")
    for kind, body in zip((says.SET_CONFIG, says.ADD_ROSPEC, says.ENABLE_ROSPEC, says.START_ROSPEC), (*orders, ident, ident), strict=True):
        line.write(Message(kind, kind, body).packed())
    began, cpu = time.monotonic(), time.process_time()
    while time.monotonic() - began < _BARE_SECONDS:
        line.read(1)
    share = (time.process_time() - cpu) / (time.monotonic() - began)
    line.close()
    return share


def _greeted(url: str) -> Line:
    """A line to the reader, once it has noticed that the one before is gone."""
    for _ in range(50):
        line = Line(url)
        if any(says.greeting(message.body) == 0 for message in Messages().feed(line.read(5))):
            return line
        line.close()
        time.sleep(0.2)
    raise click.ClickException("The simulated reader is not free again.")


@contextlib.contextmanager
def _reader(file: Path, lines: Iterator[str], speed: int) -> Iterator[str]:
    """A simulated reader; its URL."""
    file.write_text("\n".join(lines))
    command = [sys.executable, "-m", "server.cli.main", "simulate", "reader", "--listen", "127.0.0.1:0", "--tags", str(file),
               "--speed", str(speed), "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            yield str(json.loads(process.stdout.readline() if process.stdout else "")["url"])
        except ValueError as error:
            raise click.ClickException(f"The simulated reader does not run: {error}") from error
        except PortError as error:
            raise click.ClickException(str(error)) from error
        finally:
            process.kill()


def _memory_mib() -> float:
    """What this process holds now; where the system does not tell, the most that it held."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
