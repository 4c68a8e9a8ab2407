"""What a server wrote to its disk and answered on the wire, in order, as strace saw it; and the disk as a power cut leaves it."""

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CALLS = "openat,pwrite64,pwritev,write,writev,sendto,sendmsg,ftruncate,fallocate,fsync,fdatasync,unlink,unlinkat,rename,renameat2"
_STRING_MAX = 100_000
_SECTOR = 512
_LINE = re.compile(r"(?P<pid>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<call>\w+)\()(?P<rest>.*)$")
_FD = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_RETURNED = re.compile(r"\) += (-?\d+)")
_UNFINISHED = "<unfinished ...>"
_SENDING = frozenset(("sendto", "sendmsg", "write", "writev"))
_SYNCING = frozenset(("fsync", "fdatasync"))
_UNKNOWN = frozenset(("pwritev", "fallocate", "rename", "renameat2", "unlinkat"))


class NoRecorder(Exception):
    """Nothing here can record what a process writes."""


class NotUnderstood(Exception):
    """The recording holds a call on the database that nobody replays."""


def recorder(trace: Path) -> tuple[str, ...]:
    """The words before a command that record it; NoRecorder where strace is missing or not allowed."""
    found = shutil.which("strace")
    if found is None:
        raise NoRecorder("strace is not installed (Debian's package strace)")
    return (found, "-D", "-f", "-y", "-xx", "--seccomp-bpf", "-s", str(_STRING_MAX), "-o", str(trace), "-e", f"trace={_CALLS}")


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place of a file; `None` cuts the file off there."""

    file: str
    at: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Begin:
    """A flush of a file begins; what was written before it is durable when it has ended."""

    file: str
    pid: str


@dataclass(frozen=True, slots=True)
class End:
    """That flush has ended."""

    file: str
    pid: str


@dataclass(frozen=True, slots=True)
class Named:
    """A file came into being, or (`is_gone`) its name was taken away."""

    file: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Something was sent to somebody."""

    text: bytes


Event = Write | Begin | End | Named | Answer


def events(trace: Path, database: Path, known: frozenset[str]) -> Iterator[Event]:
    """All that concerns the database's files, of which some were there, and every answer, in the order in which it happened."""
    begun: dict[str, str] = {}
    there = set(known)
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            pid, call, rest = found["pid"], found["call"], found["rest"]
            if call is not None:
                yield from _begins(pid, call, rest, database)
                if rest.endswith(_UNFINISHED):
                    begun[pid] = rest.removesuffix(_UNFINISHED)
                    continue
            else:
                call, rest = found["resumed"], begun.pop(pid, "") + rest
            yield from _has_ended(pid, call, rest, database, there)


def _begins(pid: str, call: str, rest: str, database: Path) -> Iterator[Event]:
    """An answer may arrive as soon as it is begun to be sent; a flush promises what was written before it was begun."""
    if call in _SENDING:
        if "socket:" in (name := _name(rest)) or name.startswith(("TCP", "unix")):
            yield Answer(b"".join(_bytes(text) for text in _TEXT.findall(rest)))
    elif call in _SYNCING and (file := _ours(_name(rest), database)) is not None:
        yield Begin(file, pid)


def _has_ended(pid: str, call: str, rest: str, database: Path, there: set[str]) -> Iterator[Event]:
    returned = _RETURNED.search(rest)
    if returned is None or int(returned[1]) < 0 or call in _SENDING:
        return
    if call in ("openat", "unlink"):
        path = _bytes(_TEXT.findall(rest)[0]).decode(errors="replace")
        file = _ours(path, database)
        if file is not None and (call == "unlink" or ("O_CREAT" in rest and file not in there)):
            there ^= {file}
            yield Named(file, is_gone=call == "unlink")
        return
    file = _ours(_name(rest), database)
    if file is None:
        return
    if call in _UNKNOWN:
        raise NotUnderstood(f"{call} on {file}")
    if call in _SYNCING:
        yield End(file, pid)
    elif call == "ftruncate":
        yield Write(file, int(rest.rpartition(")")[0].rpartition(", ")[2]), None)
    else:
        data, at = _bytes(_TEXT.findall(rest)[0]), int(rest.rpartition(")")[0].rpartition(", ")[2])
        yield Write(file, at, data[:int(returned[1])])


def _ours(path: str, database: Path) -> str | None:
    """The part of the database that a path is: its file, its log, or "" for their folder; the log's index is not kept."""
    if path == str(database.parent):
        return ""
    name = path.removeprefix(f"{database.parent}/")
    return name if name != path and name.startswith(database.name) and not name.endswith("-shm") else None


def _name(rest: str) -> str:
    found = _FD.match(rest)
    return _bytes(found[1]).decode(errors="replace") if found is not None else ""


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@dataclass
class _File:
    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Write] = field(default_factory=list)
    exists: bool = True  # as far as is safe


class Disk:
    """What is safe on the disk and what only waits to be written."""

    def __init__(self, before: dict[str, bytes]) -> None:
        self.files = {name: _File(bytearray(content)) for name, content in before.items()}
        self._flushing: dict[tuple[str, str], int] = {}
        self._names: list[Named] = []

    def take(self, event: Event) -> None:
        """One thing more has happened."""
        if isinstance(event, Named):
            self._names.append(event)
            if not event.is_gone:
                self.files[event.file] = _File(exists=False)
        elif isinstance(event, Write):
            self.files[event.file].waiting.append(event)
        elif isinstance(event, Begin):
            self._flushing[event.pid, event.file] = len(self._names if event.file == "" else self.files[event.file].waiting)
        elif isinstance(event, End):
            self._flushed(event.file, self._flushing.pop((event.pid, event.file)))

    def _flushed(self, name: str, count: int) -> None:
        if name == "":
            for named in self._names[:count]:
                if named.file in self.files:
                    self.files[named.file].exists = not named.is_gone
            del self._names[:count]
            return
        file = self.files[name]
        for write in file.waiting[:count]:
            _apply(file.safe, write)
        del file.waiting[:count]

    def after_a_cut(self, folder: Path, chance: random.Random | None) -> None:
        """The files as they are found afterwards: what was safe, and of the rest what chance kept, sector by sector."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, file in self.files.items():
            if not (file.exists or (chance is not None and chance.random() < 0.5)):
                continue
            content = bytearray(file.safe)
            for write in file.waiting if chance is not None else ():
                for sector in _sectors(write):
                    if chance is not None and chance.random() < 0.5:
                        _apply(content, sector)
            (folder / name).write_bytes(content)


def _sectors(write: Write) -> Iterator[Write]:
    if write.data is None:
        yield write
        return
    at = 0
    while at < len(write.data):
        size = _SECTOR - (write.at + at) % _SECTOR
        yield Write(write.file, write.at + at, write.data[at:at + size])
        at += size


def _apply(content: bytearray, write: Write) -> None:
    if write.data is None:
        content[write.at:] = bytes(max(0, write.at - len(content)))
        return
    if len(content) < write.at:
        content.extend(bytes(write.at - len(content)))
    content[write.at:write.at + len(write.data)] = write.data
