"""Items, parties, sites, locations, people and devices."""

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key
from server.masterdata.location_kinds import LOCATION_KINDS

ITEM_ABC = "abc IN ('A', 'B', 'C')"
_NOT_ENDED = "ended_at IS NULL"


class Site(Base):
    """A warehouse. `settings` holds what a site may choose (walk layout, tolerances, scan policies)."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    timezone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    settings: Mapped[dict[str, Any]]


class Party(Base):
    """An owner of stock, a supplier, a customer or a carrier."""

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("kind IN ('owner', 'supplier', 'customer', 'carrier')", name="kind"),
        CheckConstraint("min_shelf_life_days >= 0", name="min_shelf_life_days"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(256))
    kind: Mapped[str] = mapped_column(String(16))
    min_shelf_life_days: Mapped[int] = mapped_column(Integer, server_default="0")


class Item(Base):
    """A trade item; quantities of it are integers in its smallest unit (catch weight: grams)."""

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint(ITEM_ABC, name="abc"),
        CheckConstraint("weight_g >= 0 AND volume_ml >= 0", name="size"),
        *(CheckConstraint(f"{side} >= 0", name=side) for side in ("length_mm", "width_mm", "height_mm")),
        CheckConstraint("this_side_up IN (0, 1)", name="this_side_up"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("tracks_lot IN (0, 1) AND tracks_serial IN (0, 1) AND tracks_expiry IN (0, 1) "
                        "AND catch_weight IN (0, 1) AND blocked IN (0, 1)", name="flags"),
        Index("ix_item_changed_no_id", "changed_no", "id"),
        Index("ix_item_code_in_capitals", text("UPPER(code)")),
        Index("ix_item_code_begins", text("UPPER(code)")),
        Index("ix_item_name_begins", text("UPPER(name)")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(256))
    unit: Mapped[str] = mapped_column(String(16), server_default="each")
    weight_g: Mapped[int] = mapped_column(server_default="0", doc="of one smallest unit")
    volume_ml: Mapped[int] = mapped_column(server_default="0", doc="of one smallest unit")
    length_mm: Mapped[int] = mapped_column(server_default="0", doc="of one smallest unit; 0 is not known")
    width_mm: Mapped[int] = mapped_column(server_default="0")
    height_mm: Mapped[int] = mapped_column(server_default="0")
    this_side_up: Mapped[int] = mapped_column(Integer, server_default="0", doc="its height stays its height in a carton")
    handling: Mapped[str] = mapped_column(String(32), server_default="", doc="how it is to be sent: fragile, gift ...")
    tracks_lot: Mapped[int] = mapped_column(Integer, server_default="0")
    tracks_serial: Mapped[int] = mapped_column(Integer, server_default="0")
    tracks_expiry: Mapped[int] = mapped_column(Integer, server_default="0")
    catch_weight: Mapped[int] = mapped_column(Integer, server_default="0")
    abc: Mapped[str] = mapped_column(String(1), server_default="C")
    zone: Mapped[str | None] = mapped_column(String(16), doc="preferred zone for put-away")
    picture: Mapped[str | None] = mapped_column(String(256))
    blocked: Mapped[int] = mapped_column(Integer, server_default="0")
    changed_no: Mapped[int] = mapped_column(server_default="0", doc="the last change of what devices keep of it")
    price: Mapped[int | None] = mapped_column(doc="of one smallest unit in the catalogue, in the smallest unit of the firm's currency")


class CartonType(Base):
    """A kind of carton of a site by its inner sides; `max_weight_g` is of the closed parcel, 0 without limit; outer sides 0 if unknown."""

    __tablename__ = "carton_type"
    __table_args__ = (
        UniqueConstraint("site_id", "code"),
        CheckConstraint("length_mm > 0 AND width_mm > 0 AND height_mm > 0", name="size"),
        CheckConstraint("max_weight_g >= 0 AND own_weight_g >= 0 AND cost >= 0", name="weights"),
        CheckConstraint("blocked IN (0, 1)", name="blocked"),
        *(CheckConstraint(f"{name} >= 0", name=name) for name in ("outer_length_mm", "outer_width_mm", "outer_height_mm")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(32))
    length_mm: Mapped[int]
    width_mm: Mapped[int]
    height_mm: Mapped[int]
    max_weight_g: Mapped[int] = mapped_column(server_default="0")
    own_weight_g: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[int] = mapped_column(server_default="0")
    outer_length_mm: Mapped[int] = mapped_column(server_default="0")
    outer_width_mm: Mapped[int] = mapped_column(server_default="0")
    outer_height_mm: Mapped[int] = mapped_column(server_default="0")
    blocked: Mapped[int] = mapped_column(Integer, server_default="0")


class Pack(Base):
    """A pack level of an item: each, inner, case, pallet; `quantity` in smallest units."""

    __tablename__ = "pack"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        UniqueConstraint("item_id", "level", "quantity"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    level: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[int]
    weight_g: Mapped[int] = mapped_column(server_default="0")
    length_mm: Mapped[int] = mapped_column(server_default="0")
    width_mm: Mapped[int] = mapped_column(server_default="0")
    height_mm: Mapped[int] = mapped_column(server_default="0")


class ItemPicture(Base):
    """What an item looks like, made small; `digest` is the SHA-256 of its content and its address."""

    __tablename__ = "item_picture"
    __table_args__ = (
        CheckConstraint("LENGTH(digest) = 64", name="digest"),
        CheckConstraint("media_type = 'image/webp'", name="media_type"),
        CheckConstraint("width BETWEEN 1 AND 480 AND height BETWEEN 1 AND 480", name="size"),
        CheckConstraint("LENGTH(content) BETWEEN 1 AND 100000", name="content"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(32))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Barcode(Base):
    """A code that names a pack: `gtin:<14 digits>` or plain text in upper case."""

    __tablename__ = "barcode"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    quantity: Mapped[int] = mapped_column(doc="smallest units that one scan stands for")
    level: Mapped[str] = mapped_column(String(16), server_default="each")


class Holder(Base):
    """What can hold goods: a location or an LPN; both draw their row numbers from here."""

    __tablename__ = "holder"
    __table_args__ = (CheckConstraint("kind IN ('location', 'lpn')", name="kind"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))


_USABLE_BIN = "kind = 'bin' AND blocked = 0"


class Location(Base):
    """A place with a label: warehouse-zone-rack-bin; coordinates in mm from the site's origin."""

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("kind IN ('" + "', '".join(LOCATION_KINDS) + "')", name="kind"),
        CheckConstraint("blocked IN (0, 1) AND count_due IN (0, 1) AND suspect IN (0, 1)", name="flags"),
        CheckConstraint("mixing IN ('any', 'one_item', 'one_lot')", name="mixing"),
        CheckConstraint(ITEM_ABC, name="abc"),
        Index("ix_location_site_id_kind_zone", "site_id", "kind", "zone"),
        Index("ix_location_site_id_changed_no_id", "site_id", "changed_no", "id"),
        Index("ix_location_in_aisle", "site_id", "x_mm", "y_mm", sqlite_where=text("kind = 'bin'"), postgresql_where=text("kind = 'bin'")),
        Index("ix_location_code_in_capitals", text("UPPER(code)")),
        Index("ix_location_nearest", "site_id", "abc", "level", text("(x_mm + y_mm)"), "code", sqlite_where=text(_USABLE_BIN),
              postgresql_where=text(_USABLE_BIN)),
        Index("ix_location_nearest_in_zone", "site_id", "zone", "abc", "level", text("(x_mm + y_mm)"), "code", sqlite_where=text(_USABLE_BIN),
              postgresql_where=text(_USABLE_BIN)),
    )

    id: Mapped[int] = mapped_column(ForeignKey("holder.id"), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(16), server_default="")
    rack: Mapped[str] = mapped_column(String(16), server_default="")
    bin: Mapped[str] = mapped_column(String(16), server_default="")
    level: Mapped[int] = mapped_column(Integer, server_default="0", doc="shelf level, 0 is the floor")
    aisle: Mapped[str] = mapped_column(String(16), server_default="")
    x_mm: Mapped[int] = mapped_column(server_default="0")
    y_mm: Mapped[int] = mapped_column(server_default="0")
    z_mm: Mapped[int] = mapped_column(server_default="0")
    max_weight_g: Mapped[int | None]
    max_volume_ml: Mapped[int | None]
    max_lpns: Mapped[int | None]
    check_digit: Mapped[str] = mapped_column(String(4), server_default="")
    mixing: Mapped[str] = mapped_column(String(16), server_default="any")
    abc: Mapped[str] = mapped_column(String(1), server_default="C")
    blocked: Mapped[int] = mapped_column(Integer, server_default="0")
    count_due: Mapped[int] = mapped_column(Integer, server_default="0")
    suspect: Mapped[int] = mapped_column(Integer, server_default="0", doc="a pick fell short: no allocation until counted")
    last_counted_on: Mapped[date | None] = mapped_column(Date)
    changed_no: Mapped[int] = mapped_column(server_default="0", doc="the last change of what devices keep of it")


class Worker(Base):
    """A person. The badge is a name, the PIN (floor) and the password (browser) are the secrets."""

    __tablename__ = "worker"
    __table_args__ = (CheckConstraint("role IN ('worker', 'supervisor', 'manager', 'admin')", name="role"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    badge: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(16))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), doc="null: every site")
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    pin_hash: Mapped[str | None]
    password_hash: Mapped[str | None]
    disabled: Mapped[int] = mapped_column(Integer, server_default="0")
    failures_in_a_row: Mapped[int] = mapped_column(Integer, server_default="0")
    skills: Mapped[list[Any]] = mapped_column(server_default="[]", doc="kinds of tasks they may do; none is all")
    zones: Mapped[list[Any]] = mapped_column(server_default="[]", doc="zones they work in; none is all")


class Shift(Base):
    """Somebody at work, from sign-in to the end of the shift; `device_id` is where they were last."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="times"),
        CheckConstraint("vehicle IN ('', 'forklift', 'reach_truck', 'pallet_truck')", name="vehicle"),
        Index("ix_shift_worker_id_id", "worker_id", "id"),
        Index("ix_shift_at_work", "site_id", "id", sqlite_where=text(_NOT_ENDED), postgresql_where=text(_NOT_ENDED)),
        Index("uq_shift_one_open", "worker_id", unique=True, sqlite_where=text(_NOT_ENDED), postgresql_where=text(_NOT_ENDED)),
        Index("uq_shift_trolley", "site_id", "trolley", unique=True, sqlite_where=text(f"{_NOT_ENDED} AND trolley <> ''"),
              postgresql_where=text(f"{_NOT_ENDED} AND trolley <> ''")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    started_at: Mapped[int]
    ended_at: Mapped[int | None]
    vehicle: Mapped[str] = mapped_column(String(16), server_default="")
    trolley: Mapped[str] = mapped_column(String(64), server_default="")


class ShiftBreak(Base):
    """A break of a shift; nothing is offered to whoever is on one."""

    __tablename__ = "shift_break"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="times"),
        Index("ix_shift_break_shift_id", "shift_id"),
        Index("uq_shift_break_one_open", "shift_id", unique=True, sqlite_where=text(_NOT_ENDED), postgresql_where=text(_NOT_ENDED)),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    began_at: Mapped[int]
    ended_at: Mapped[int | None]


class Device(Base):
    """An enrolled handheld, station or printer host; its token is kept as a hash."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16), server_default="handheld")
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[int]
    revoked_at: Mapped[int | None]
    last_seen_at: Mapped[int | None]
    queued: Mapped[int] = mapped_column(Integer, server_default="0")
    build: Mapped[str] = mapped_column(String(64), server_default="")
    battery: Mapped[int | None] = mapped_column(Integer)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    last_scan: Mapped[str] = mapped_column(String(512), server_default="")
    latency_ms: Mapped[int | None] = mapped_column(doc="from what it asked last to the answer, as it measures it")
    errors_told: Mapped[int] = mapped_column(server_default="0", doc="how many errors its page had counted when it told last")
    hour: Mapped[int] = mapped_column(server_default="0", doc="which hour since 1970 `hour_errors` counts; `before_errors` the one before")
    hour_errors: Mapped[int] = mapped_column(server_default="0")
    before_errors: Mapped[int] = mapped_column(server_default="0")


STATION_KIND = "kind IN ('dock', 'gate', 'pack', 'count', 'print', 'returns')"
PERIPHERAL_KIND = "kind IN ('scanner', 'rfid', 'camera', 'scale', 'light', 'printer')"
PERIPHERAL_LOAD = "load IN ('', 'rest', 'moving', 'over', 'under')"
PERIPHERAL_STATE = "state IN ('opening', 'connected', 'lost', 'wrong', 'stopped')"


class Station(Base):
    """A place with devices of its own (dock door 3, pack station 2). On the floor it acts as `device_id`, like a handheld."""

    __tablename__ = "station"
    __table_args__ = (UniqueConstraint("site_id", "code"), CheckConstraint(STATION_KIND, name="kind"), Index("uq_station_screen_id", "screen_id", unique=True))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), doc="where what passes here stands then")
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), unique=True)
    document: Mapped[str] = mapped_column(String(64), server_default="", doc="the paper that is worked on here")
    screen_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), doc="the browser that people work with here: what the scanner reads goes to it")
    settings: Mapped[dict[str, Any]]


class FoundPort(Base):
    """A serial port of the machine that holds the devices, whether something uses it or not."""

    __tablename__ = "found_port"

    url: Mapped[str] = mapped_column(String(256), primary_key=True)
    found_at: Mapped[int]


class Peripheral(Base):
    """A scanner, reader, camera, scale or light of a station: where it is plugged in, and how it was seen last.

    `reads`, `errors` and `outages` count from when it was bound; `state` and what follows is written by the server that
    holds the port.
    """

    __tablename__ = "peripheral"
    __table_args__ = (
        UniqueConstraint("station_id", "name"),
        CheckConstraint(PERIPHERAL_KIND, name="kind"),
        CheckConstraint(PERIPHERAL_STATE, name="state"),
        CheckConstraint("reads >= 0 AND errors >= 0 AND outages >= 0", name="counts"),
        CheckConstraint("lesson_until >= 0", name="lesson_until"),
        CheckConstraint("wanted IN ('', 'zero')", name="wanted"),
        CheckConstraint("answer IN ('', 'sent', 'away', 'cannot', 'late')", name="answer"),
        CheckConstraint(PERIPHERAL_LOAD, name="load"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    name: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    driver: Mapped[str] = mapped_column(String(32))
    url: Mapped[str] = mapped_column(String(256))
    settings: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16), server_default="stopped")
    since: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(String(500), server_default="")
    error_code: Mapped[str] = mapped_column(String(32), server_default="", doc="which sentence `error` is, for translations")
    firmware: Mapped[str] = mapped_column(String(64), server_default="")
    reads: Mapped[int] = mapped_column(server_default="0")
    errors: Mapped[int] = mapped_column(server_default="0")
    outages: Mapped[int] = mapped_column(server_default="0")
    last_read: Mapped[str] = mapped_column(String(512), server_default="")
    last_at: Mapped[int | None]
    latency_ms: Mapped[int | None] = mapped_column(doc="from the last read to its answer")
    load: Mapped[str] = mapped_column(String(8), server_default="", doc="of a scale: whether what lies on it is at rest; empty where it says nothing")
    load_g: Mapped[int] = mapped_column(server_default="0", doc="what a scale shows now")
    lesson_until: Mapped[int] = mapped_column(server_default="0", doc="until then it is learnt, and nothing that it reads is booked")
    lesson: Mapped[dict[str, Any]] = mapped_column(server_default="{}", doc="what was found out of it by now, as Fitness tells it")
    hour: Mapped[int] = mapped_column(server_default="0", doc="which hour since 1970 `hour_errors` counts; `before_errors` the one before")
    hour_errors: Mapped[int] = mapped_column(server_default="0")
    before_errors: Mapped[int] = mapped_column(server_default="0")
    wanted: Mapped[str] = mapped_column(String(16), server_default="", doc="what somebody wants of it; the server that holds the port takes it")
    wanted_at: Mapped[int] = mapped_column(server_default="0")
    answer: Mapped[str] = mapped_column(String(16), server_default="", doc="what became of it")


class WaitingScan(Base):
    """A scan that its scanner was told is safe, until it is booked as the operation `op`."""

    __tablename__ = "waiting_scan"
    __table_args__ = (Index("ix_waiting_scan_peripheral_id", "peripheral_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    peripheral_id: Mapped[int] = mapped_column(ForeignKey("peripheral.id", ondelete="CASCADE"))
    op: Mapped[str] = mapped_column(String(40), unique=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[int]


class EnrolmentCode(Base):
    """A one-time code that lets a device in: ten minutes, one use."""

    __tablename__ = "enrolment_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    expires_at: Mapped[int]
    used_at: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(128))


class WorkerSession(Base):
    """Somebody signed in, on a device or in a browser."""

    __tablename__ = "worker_session"
    __table_args__ = (Index("ix_worker_session_on", "device_id", sqlite_where=text("ended_at IS NULL"),
                            postgresql_where=text("ended_at IS NULL")),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True, doc="public id, travels in operations")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    created_at: Mapped[int]
    last_used_at: Mapped[int]
    expires_at: Mapped[int]
    ended_at: Mapped[int | None]


class SocketToken(Base):
    """Lets one websocket connect within a minute, once."""

    __tablename__ = "socket_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    session_id: Mapped[str | None] = mapped_column(ForeignKey("worker_session.id"))
    expires_at: Mapped[int]


class SignInFailure(Base):
    """Wrong PINs in a row of one badge on one device (or address): the next try waits."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(200), primary_key=True, doc="badge and device or address")
    failures: Mapped[int] = mapped_column(Integer)
    wait_until: Mapped[int]


class ApiKey(Base):
    """A key for another system: shown once, kept as a hash, limited to its scopes."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    scopes: Mapped[list[Any]]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    created_at: Mapped[int]
    expires_at: Mapped[int | None]
    last_used_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class IdempotencyKey(Base):
    """The answer once given to a call with this key, for 24 hours."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_at", text("at")),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True, doc="caller and key")
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str]
    at: Mapped[int]
