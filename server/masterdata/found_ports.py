"""Serial ports that the machine which holds the devices has found, and that no device of a station uses yet."""

from collections.abc import Sequence

from sqlalchemy import text

from server.kernel.errors import Conflict, NotFound
from server.kernel.transaction import Tx
from server.masterdata.stations import NewPeripheral, NewStation, peripherals, put_station, station

_ALL = text("SELECT url FROM found_port")
_FREE = text("SELECT url FROM found_port WHERE url NOT IN (SELECT url FROM peripheral)")
_FORGET = text("DELETE FROM found_port")
_ADD = text("INSERT INTO found_port (url, found_at) VALUES (:url, :at)")


def note_found(tx: Tx, urls: Sequence[str]) -> None:
    """What is plugged in now; what was there before and is not is forgotten."""
    tx.execute(_FORGET)
    for url in urls:
        tx.execute(_ADD, {"url": url, "at": tx.now})


def found_ports(tx: Tx) -> list[str]:
    """All that are plugged in, by their device files such as /dev/serial/by-id/NAME."""
    return sorted(str(row.url) for row in tx.rows(_ALL))


def free_ports(tx: Tx) -> list[str]:
    """Those that no device of a station uses."""
    return sorted(str(row.url) for row in tx.rows(_FREE))


def bind_found(tx: Tx, site_id: int, code: str, name: str, url: str) -> None:
    """Binds a port that was found to a station as a scanner that sends lines; what the station has stays as it is.

    NotFound for no station and for a port that was not found or is in use, Conflict for a name that the station has.
    """
    known = station(tx, site_id, code)
    if url not in free_ports(tx):
        raise NotFound(f"{url[:256]} was not found, or is in use. Plug the scanner in and look again.", what=url[:256])
    bound = [NewPeripheral(name=one.name, kind=one.kind, driver=one.driver, url=one.url, settings=one.settings)
             for one in peripherals(tx, site_id) if one.station_id == known.id]
    if name in {one.name for one in bound}:
        raise Conflict(f"Station {code} has a device {name[:32]} already. Give the new one another name.", name=name[:32])
    put_station(tx, site_id, NewStation(code=known.code, kind=known.kind, location=known.location, settings=known.settings, peripherals=[
        *bound, NewPeripheral(name=name, kind="scanner", driver="text", url=url)]))
