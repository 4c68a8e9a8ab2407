"""`aisle scanners`: the stations, and how the devices are that are bound to them."""

from typing import Any

import click

from server.cli.common import say, with_database
from server.kernel.clock import iso
from server.kernel.transaction import Tx
from server.masterdata.sites import site_id_of
from server.masterdata.stations import peripherals, stations

_MARKS = {"connected": "ready", "opening": "starting", "lost": "UNPLUGGED", "wrong": "WRONG", "stopped": "not held"}


@click.command()
@click.option("--site", default=None, help="Only this warehouse.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def scanners(context: click.Context, *, site: str | None, as_json: bool) -> None:
    """Show stations with their scanners, RFID readers, cameras, scales and lights, as the running server saw them last.

    Ends with 1 when a device is unplugged or answers nonsense.
    """
    def work(tx: Tx) -> list[dict[str, Any]]:
        site_id = site_id_of(tx, site) if site else None
        codes = {row.id: (row.site, row.code, row.location) for row in stations(tx, site_id)}
        return [{**_told(row), **dict(zip(("site", "station", "location"), codes[row.station_id], strict=True))}
                for row in peripherals(tx, site_id)]

    rows = with_database(context.obj, lambda database: database.read(work))
    say({"devices": rows}, as_json, "\n".join(map(_line, rows)) or "No station has a device. Make one: PUT /api/v1/stations/CODE.")
    context.exit(1 if any(row["state"] in ("lost", "wrong") for row in rows) else 0)


def _told(row: Any) -> dict[str, Any]:
    return {"name": row.name, "kind": row.kind, "driver": row.driver, "url": row.url, "state": row.state, "since": iso(row.since) if row.since else None,
            "error": row.error or None, "firmware": row.firmware, "reads": row.reads, "errors": row.errors, "outages": row.outages,
            "last_read": row.last_read, "last_at": iso(row.last_at) if row.last_at else None, "latency_ms": row.latency_ms}


def _line(row: dict[str, Any]) -> str:
    said = f"{row['station']:<12} {row['name']:<14} {row['kind']:<8} {_MARKS[row['state']]:<10} {row['reads']:>8,} reads {row['errors']:>5} errors"
    return f"{said}  {row['url']}" + (f"\n    {row['error']}" if row["error"] else "")
