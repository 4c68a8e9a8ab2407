"""Stations: a place with scanners, readers, scales and lights of its own, that acts on the floor like a handheld."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.audit import record, record_change
from server.kernel.errors import Invalid, NotFound
from server.kernel.hourly import adding, hour_of
from server.kernel.ids import new_secret, secret_hash
from server.kernel.transaction import Tx
from server.masterdata.sites import location_by_code

STATION_KINDS = ("dock", "gate", "pack", "count", "print", "returns")
WORKED_AT = ("pack", "print", "returns")
"""Kinds at which somebody works with a screen: what the scanner reads there is a scan of that screen."""
PERIPHERAL_KINDS = ("scanner", "rfid", "camera", "scale", "light", "printer")
PERIPHERALS_MAX = 32
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._-]{0,31}")
_JSON = {"settings": JSON}
_ADD_DEVICE = text("INSERT INTO device (name, kind, site_id, token_hash, enrolled_at) "
                   "VALUES (:name, 'station', :site_id, :hash, :at) RETURNING id")
_LET_IN = text("UPDATE device SET revoked_at = NULL WHERE id = :id")
_SHUT_OUT = text("UPDATE device SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL")
_PUT = text(
    "INSERT INTO station (site_id, code, kind, location_id, device_id, settings) VALUES (:site_id, :code, :kind, :location_id, "
    ":device_id, :settings) ON CONFLICT (site_id, code) DO UPDATE SET kind = excluded.kind, location_id = excluded.location_id, "
    "settings = excluded.settings RETURNING id").bindparams(bindparam("settings", type_=JSON))
_PUT_PERIPHERAL = text(
    "INSERT INTO peripheral (station_id, name, kind, driver, url, settings) VALUES (:station_id, :name, :kind, :driver, :url, :settings) "
    "ON CONFLICT (station_id, name) DO UPDATE SET kind = excluded.kind, driver = excluded.driver, url = excluded.url, "
    "settings = excluded.settings").bindparams(bindparam("settings", type_=JSON))
_DROP_OTHERS = text("DELETE FROM peripheral WHERE station_id = :station_id AND name NOT IN :names").bindparams(
    bindparam("names", expanding=True))
_DROP_STATION = text("DELETE FROM station WHERE id = :id")
_COLUMNS = ("s.id, s.code, s.kind, s.site_id, s.location_id, l.code AS location, s.device_id, s.document, s.settings, s.screen_id, "
            "d.revoked_at, t.code AS site")
_FROM = "FROM station s JOIN location l ON l.id = s.location_id JOIN device d ON d.id = s.device_id JOIN site t ON t.id = s.site_id"
_ALL = text(f"SELECT {_COLUMNS} {_FROM} WHERE CAST(:site_id AS BIGINT) IS NULL OR s.site_id = :site_id "
            "ORDER BY s.site_id, s.code").columns(**_JSON)
_BY_CODE = text(f"SELECT {_COLUMNS} {_FROM} WHERE s.site_id = :site_id AND s.code = :code").columns(**_JSON)
_OF_DEVICE = text(f"SELECT {_COLUMNS} {_FROM} WHERE s.device_id = :device_id").columns(**_JSON)
_OF_SCREEN = text(f"SELECT {_COLUMNS} {_FROM} WHERE s.screen_id = :device_id").columns(**_JSON)
_NO_SCREEN = text("UPDATE station SET screen_id = NULL WHERE screen_id = :device_id AND id <> :id")
_SET_SCREEN = text("UPDATE station SET screen_id = :device_id WHERE id = :id")
_PERIPHERALS = text(
    "SELECT p.id, p.station_id, p.name, p.kind, p.driver, p.url, p.settings, p.state, p.since, p.error, p.error_code, p.firmware, p.reads, p.errors, "
    "p.outages, p.last_read, p.last_at, p.latency_ms, p.load, p.load_g, p.lesson_until, p.lesson, p.hour, p.hour_errors, p.before_errors, p.wanted, p.wanted_at, p.answer FROM peripheral p JOIN station s ON s.id = p.station_id "
    "WHERE CAST(:site_id AS BIGINT) IS NULL OR s.site_id = :site_id ORDER BY p.station_id, p.name").columns(settings=JSON, lesson=JSON)
_SET_DOCUMENT = text("UPDATE station SET document = :document WHERE id = :id")
_NOTE = text(
    "UPDATE peripheral SET state = :state, since = :since, error = :error, error_code = :error_code, firmware = :firmware, reads = reads + :reads, "
    "errors = errors + :errors, outages = outages + :outages, last_read = :last_read, last_at = :last_at, latency_ms = :latency_ms, "
    "load = :load, load_g = :load_g, "
    f"{adding(':errors', 'peripheral')} WHERE id = :id")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPeripheral:
    """A device to be bound to a station; `settings` are its driver's own."""

    name: str
    kind: str
    driver: str
    url: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStation:
    """A station to be made or changed; what it had beside these peripherals is unbound."""

    code: str
    kind: str
    location: str
    peripherals: Sequence[NewPeripheral] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the holder of a port has seen of a peripheral since it told last; counts are to be added."""

    id: int
    state: str
    since: int
    error: str = ""
    error_code: str = ""
    firmware: str = ""
    reads: int = 0
    errors: int = 0
    outages: int = 0
    last_read: str = ""
    last_at: int | None = None
    latency_ms: int | None = None
    load: str = ""
    load_g: int = 0


def put_station(tx: Tx, site_id: int, new: NewStation) -> int:
    """Makes or changes a station of a site; its row number. Invalid and NotFound name what is wrong."""
    _check(new)
    place = location_by_code(tx, new.location)
    if place.site_id != site_id or place.is_account:
        raise NotFound(f"{new.location} is no location of this warehouse. Name the dock, bin or table where the station stands.",
                       what=new.location)
    known = tx.row(_BY_CODE, site_id=site_id, code=new.code)
    device_id = known.device_id if known is not None else _own_device(tx, site_id, new.code)
    number = int(tx.scalar(_PUT, site_id=site_id, code=new.code, kind=new.kind, location_id=place.id, device_id=device_id,
                           settings=dict(new.settings)))
    for one in new.peripherals:
        tx.execute(_PUT_PERIPHERAL, {"station_id": number, "name": one.name, "kind": one.kind, "driver": one.driver, "url": one.url,
                                     "settings": dict(one.settings)})
    tx.execute(_DROP_OTHERS, {"station_id": number, "names": [one.name for one in new.peripherals] or [""]})
    tx.execute(_LET_IN, {"id": device_id})
    record_change(tx, "station.put", new.code, old=_told(known), new={
        "kind": new.kind, "location": new.location, "settings": dict(new.settings), "peripherals": [one.url for one in new.peripherals]})
    return number


def drop_station(tx: Tx, site_id: int, code: str) -> None:
    """Takes a station away; what it did stays, under its device's name."""
    known = station(tx, site_id, code)
    tx.execute(_DROP_OTHERS, {"station_id": known.id, "names": [""]})
    tx.execute(_DROP_STATION, {"id": known.id})
    tx.execute(_SHUT_OUT, {"id": known.device_id, "at": tx.now})
    record(tx, "station.dropped", code, old=_told(known), new=dict.fromkeys(_told(known) or ()))


def station(tx: Tx, site_id: int, code: str) -> Any:
    """A site's station by its code; NotFound when there is none."""
    row = tx.row(_BY_CODE, site_id=site_id, code=code)
    if row is None:
        raise NotFound(f"There is no station {code[:64]} in this warehouse.", what=code[:64])
    return row


def station_of_device(tx: Tx, device_id: int) -> Any:
    """The station that acts as this device; None for a handheld."""
    return tx.row(_OF_DEVICE, device_id=device_id)


def station_of_screen(tx: Tx, device_id: int) -> Any:
    """The station whose screen this device is; None for any other."""
    return tx.row(_OF_SCREEN, device_id=device_id)


def take_screen(tx: Tx, row: Any, device_id: int) -> None:
    """A device becomes the screen of a station, and of no other; the one before it is a handheld again."""
    if row.screen_id == device_id:
        return
    tx.execute(_NO_SCREEN, {"id": row.id, "device_id": device_id})
    tx.execute(_SET_SCREEN, {"id": row.id, "device_id": device_id})
    record(tx, "station.screen", row.code, old={"screen": row.screen_id}, new={"screen": device_id})


def stations(tx: Tx, site_id: int | None = None) -> list[Any]:
    """The stations of a site, or all."""
    return tx.rows(_ALL, site_id=site_id)


def peripherals(tx: Tx, site_id: int | None = None) -> list[Any]:
    """The devices bound to stations of a site, or all, as they were seen last."""
    return tx.rows(_PERIPHERALS, site_id=site_id)


def work_on(tx: Tx, station_id: int, document: str) -> None:
    """The paper that a station works on from now on."""
    tx.execute(_SET_DOCUMENT, {"id": station_id, "document": document})


def note_seen(tx: Tx, seen: Sequence[Seen]) -> None:
    """Writes down how peripherals are; without control signs."""
    for one in seen:
        tx.execute(_NOTE, {
            "id": one.id, "state": one.state, "since": one.since, "error": _shown(one.error, 500), "error_code": one.error_code, "firmware": _shown(one.firmware, 64),
            "reads": one.reads, "errors": one.errors, "outages": one.outages, "last_read": _shown(one.last_read, 512),
            "last_at": one.last_at, "latency_ms": one.latency_ms, "load": one.load, "load_g": one.load_g, "hour": hour_of(tx.now)})


def _own_device(tx: Tx, site_id: int, code: str) -> int:
    """Nobody gets its token: the server itself is the station."""
    return int(tx.scalar(_ADD_DEVICE, name=code, site_id=site_id, hash=secret_hash(new_secret("dev")), at=tx.now))


def _check(new: NewStation) -> None:
    if not _NAME.fullmatch(new.code):
        raise Invalid("A station's code is 1 to 32 letters, digits, blanks, dots, lines or underscores.", field="code")
    if new.kind not in STATION_KINDS:
        raise Invalid(f"{new.kind[:32]!r} is no kind of station. Use one of {', '.join(STATION_KINDS)}.", field="kind")
    if len(new.peripherals) > PERIPHERALS_MAX:
        raise Invalid(f"A station has at most {PERIPHERALS_MAX} devices.", field="peripherals")
    names = [one.name for one in new.peripherals]
    if len(set(names)) < len(names):
        raise Invalid("Two devices of a station have the same name. Give each its own.", field="peripherals")
    for one in new.peripherals:
        if not _NAME.fullmatch(one.name):
            raise Invalid("A device's name is 1 to 32 letters, digits, blanks, dots, lines or underscores.", field="peripherals.name")
        if one.kind not in PERIPHERAL_KINDS:
            raise Invalid(f"{one.kind[:32]!r} is no kind of device. Use one of {', '.join(PERIPHERAL_KINDS)}.", field="peripherals.kind")
        if not 0 < len(one.url) <= 256 or not one.url.isprintable():
            raise Invalid(f"The address of {one.name} must be 1 to 256 printable signs, such as socket://10.0.0.9:4001.",
                          field="peripherals.url")


def _told(row: Any) -> Mapping[str, Any] | None:
    return None if row is None else {"kind": row.kind, "location": row.location, "settings": row.settings}


def _shown(said: str, most: int) -> str:
    return "".join(sign if sign.isprintable() else "·" for sign in said[:most])
