"""What `/metrics` tells, in Prometheus' text format."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import text

from server.kernel.backup_note import last_backup
from server.kernel.measures import Measures, labelled
from server.kernel.transaction import Tx
from server.printing.states import open_rule

_FAMILIES: Mapping[str, tuple[str, str]] = {
    "aisle_build_info": ("gauge", "The version that runs, and the client's build."),
    "aisle_operations_total": ("counter", "Operations that devices sent, by kind and by what came of them."),
    "aisle_requests_total": ("counter", "Requests over HTTP, by route and status."),
    "aisle_answer_seconds": ("histogram", "From a request, or an event of a websocket, to its answer."),
    "aisle_gate_wait_seconds": ("histogram", "How long a write waited for its turn at SQLite's one writer."),
    "aisle_sockets_connected": ("gauge", "Websockets that are open, by who is at the other end."),
    "aisle_process_cpu_seconds_total": ("counter", "Processor time that a server process has used."),
    "aisle_process_resident_bytes": ("gauge", "Memory that a server process holds."),
    "aisle_stock_moves_total": ("counter", "Moves in the ledger."),
    "aisle_tasks_open": ("gauge", "Tasks that wait or are in somebody's hand."),
    "aisle_exceptions_open": ("gauge", "What waits for a supervisor."),
    "aisle_outbox_waiting": ("gauge", "Events that no consumer has been told of."),
    "aisle_outbox_oldest_seconds": ("gauge", "How long the oldest event waits for one of its consumers."),
    "aisle_deliveries_dead": ("gauge", "Events that a consumer could not take after many tries."),
    "aisle_jobs_dead": ("gauge", "Work in the background that was given up after many tries."),
    "aisle_jobs_late_seconds": ("gauge", "How long the job that is due longest has been due."),
    "aisle_labels_waiting": ("gauge", "Labels that have not come out yet."),
    "aisle_labels_held": ("gauge", "Labels that wait until somebody has seen to their printer."),
    "aisle_labels_unknown": ("gauge", "Labels of which somebody must say whether they came out."),
    "aisle_labels_oldest_seconds": ("gauge", "How long the oldest label waits."),
    "aisle_device_operations_queued": ("gauge", "Operations that devices said they still hold."),
    "aisle_backup_age_seconds": ("gauge", "How old the last checked backup is; absent when there is none."),
    "aisle_disk_free_ratio": ("gauge", "Part of the disk that is free."),
}
_COUNTS = {
    "aisle_stock_moves_total": text("SELECT COALESCE(MAX(id), 0) FROM stock_move"),
    "aisle_tasks_open": text("SELECT COUNT(*) FROM task WHERE state IN ('open', 'leased')"),
    "aisle_exceptions_open": text("SELECT COUNT(*) FROM floor_exception WHERE state = 'open'"),
    "aisle_outbox_waiting": text("SELECT COUNT(*) FROM outbox WHERE dispatched = 0"),
    "aisle_deliveries_dead": text("SELECT COUNT(*) FROM delivery WHERE state = 'dead'"),
    "aisle_jobs_dead": text("SELECT COUNT(*) FROM job WHERE state = 'dead'"),
    "aisle_labels_waiting": text(f"SELECT COUNT(*) FROM print_job WHERE {open_rule()}"),
    "aisle_labels_held": text(f"SELECT COUNT(*) FROM print_job WHERE {open_rule()} AND state = 'held'"),
    "aisle_labels_unknown": text("SELECT COUNT(*) FROM print_job WHERE state = 'unknown'"),
    "aisle_device_operations_queued": text("SELECT COALESCE(SUM(queued), 0) FROM device WHERE revoked_at IS NULL"),
}
_OLDEST = {
    "aisle_outbox_oldest_seconds": text(
        "SELECT MIN(at) FROM (SELECT MIN(at) AS at FROM outbox WHERE dispatched = 0 UNION ALL SELECT MIN(o.at) FROM delivery d "
        "JOIN outbox o ON o.id = d.outbox_id WHERE d.state = 'pending') AS waiting"),
    "aisle_jobs_late_seconds": text("SELECT MIN(run_at) FROM job WHERE state = 'waiting'"),
    "aisle_labels_oldest_seconds": text(f"SELECT MIN(created_at) FROM print_job WHERE {open_rule()}"),
}
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
Series = Iterable[tuple[str, float]]


def stored(tx: Tx) -> Series:
    """What the database tells."""
    for name, query in _COUNTS.items():
        yield name, int(tx.scalar(query))
    for name, query in _OLDEST.items():
        since = tx.scalar(query)
        yield name, max(0, tx.now - int(since)) / 1000 if since is not None else 0
    last = last_backup(tx)
    if last is not None:
        yield "aisle_backup_age_seconds", (tx.now - int(last["at"])) / 1000


def counted(measures: Measures) -> Series:
    """What the processes counted, and what they use."""
    for number, series in measures.parts():
        process = str(number)
        for name, value in series.items():
            if name == "process_id":
                yield from _used(int(value), process)
            else:
                yield _of_process(name, process), value


def machine(var_folder: Path, build: str, version: str) -> Series:
    """The disk, and what runs."""
    usage = shutil.disk_usage(var_folder)
    yield "aisle_disk_free_ratio", usage.free / usage.total
    yield labelled("aisle_build_info", version=version, client=build), 1


def written(series: Series) -> str:
    """The series by their families, each with what it is."""
    lines: dict[str, list[str]] = {name: [] for name in _FAMILIES}
    for name, value in series:
        lines[_family(name)].append(f"{name} {value:.10g}\n")
    return "".join(f"# HELP {name} {_FAMILIES[name][1]}\n# TYPE {name} {_FAMILIES[name][0]}\n{''.join(found)}"
                   for name, found in lines.items() if found)


def _family(series: str) -> str:
    name = series.partition("{")[0]
    return name if name in _FAMILIES else name.rpartition("_")[0]


def _of_process(name: str, process: str) -> str:
    bare, _, labels = name.partition("{")
    return f'{bare}{{process="{process}"{"," + labels if labels else "}"}'


def _used(pid: int, process: str) -> Series:
    """From /proc, where there is one."""
    try:
        words: list[Any] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return
    yield labelled("aisle_process_cpu_seconds_total", process=process), sum(map(int, words[11:13])) / _TICKS
    yield labelled("aisle_process_resident_bytes", process=process), int(words[21]) * os.sysconf("SC_PAGE_SIZE")
