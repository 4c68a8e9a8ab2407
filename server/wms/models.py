"""The warehouse's own papers: what is expected, what was released, tasks, waves, cartons, loads, counts."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key


class Inbound(Base):
    """What is expected to come: an ASN, a purchase order, a customer's return, or a blind receipt."""

    __tablename__ = "inbound"
    __table_args__ = (
        CheckConstraint("kind IN ('asn', 'purchase_order', 'return', 'blind')", name="kind"),
        CheckConstraint("state IN ('expected', 'receiving', 'received', 'cancelled')", name="state"),
        Index("ix_inbound_code_in_capitals", text("UPPER(code)")),
        Index("ix_inbound_open", "site_id", sqlite_where=text("state IN ('expected', 'receiving')"),
              postgresql_where=text("state IN ('expected', 'receiving')")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), doc="supplier or customer")
    state: Mapped[str] = mapped_column(String(16), server_default="expected")
    expected_at: Mapped[int | None]
    dock_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    created_at: Mapped[int]


class InboundLine(Base):
    """One line of an inbound paper; with `sscc` the line lies on that pallet."""

    __tablename__ = "inbound_line"
    __table_args__ = (
        UniqueConstraint("inbound_id", "number"),
        CheckConstraint("quantity > 0 AND received >= 0 AND damaged >= 0 AND damaged <= received", name="quantity"),
        CheckConstraint("over_percent >= 0", name="over_percent"),
        CheckConstraint("hold IN (0, 1)", name="hold"),
        Index("ix_inbound_line_sscc", "sscc"),
        Index("ix_inbound_line_expected", "item_id", sqlite_where=text("quantity > received"),
              postgresql_where=text("quantity > received")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"))
    number: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    damaged: Mapped[int] = mapped_column(server_default="0")
    lot: Mapped[str] = mapped_column(String(64), server_default="")
    expiry_on: Mapped[date | None] = mapped_column(Date)
    sscc: Mapped[str | None] = mapped_column(String(18))
    over_percent: Mapped[int] = mapped_column(Integer, server_default="0")
    closed_reason: Mapped[str | None] = mapped_column(String(64), doc="why it ended under or over")
    hold: Mapped[int] = mapped_column(Integer, server_default="0", doc="1: kept for inspection when it comes")


class Release(Base):
    """A sales order handed to the floor of one site."""

    __tablename__ = "release"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'released', 'picked', 'packed', 'loaded', 'shipped', 'cancelled')",
                        name="state"),
        CheckConstraint("on_hold IN (0, 1)", name="on_hold"),
        CheckConstraint("delivery IN ('ship', 'collect')", name="delivery"),
        Index("ix_release_wave_id", "wave_id"),
        Index("ix_release_waiting", "site_id", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
        Index("ix_release_site_id_created_at", "site_id", "created_at"),
        Index("ix_release_site_id_shipped_at", "site_id", "shipped_at", sqlite_where=text("shipped_at IS NOT NULL"),
              postgresql_where=text("shipped_at IS NOT NULL")),
        Index("ix_release_code_in_capitals", text("UPPER(code)")),
        Index("ix_release_open", "site_id", "state", sqlite_where=text("state NOT IN ('shipped', 'cancelled')"),
              postgresql_where=text("state NOT IN ('shipped', 'cancelled')")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(72), unique=True, doc="the order's number; 'ORD-7~2' for its second part")
    order_number: Mapped[str] = mapped_column(String(64), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    customer: Mapped[str] = mapped_column(String(256), server_default="")
    ship_to: Mapped[dict[str, Any]]
    carrier: Mapped[str] = mapped_column(String(64), server_default="")
    priority: Mapped[int] = mapped_column(Integer, server_default="5", doc="1 is first, 9 is last")
    cutoff_at: Mapped[int | None]
    min_shelf_life_days: Mapped[int] = mapped_column(Integer, server_default="0")
    state: Mapped[str] = mapped_column(String(16), server_default="waiting")
    on_hold: Mapped[int] = mapped_column(Integer, server_default="0", doc="1: no rule lets it go while it waits")
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("wave.id"))
    created_at: Mapped[int]
    shipped_at: Mapped[int | None]
    delivery: Mapped[str] = mapped_column(String(8), server_default="ship", doc="collect: it waits here for its customer")


class Collection(Base):
    """An order that waits at a place of the store for its customer, or did. `tries` are wrong codes in a row."""

    __tablename__ = "collection"
    __table_args__ = (
        CheckConstraint("state IN ('ready', 'collected', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'ready') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("tries >= 0 AND expires_at >= ready_at", name="numbers"),
        Index("ix_collection_ready", "expires_at", sqlite_where=text("state = 'ready'"), postgresql_where=text("state = 'ready'")),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    state: Mapped[str] = mapped_column(String(16), server_default="ready")
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    ready_at: Mapped[int]
    expires_at: Mapped[int]
    ended_at: Mapped[int | None]


class ReleaseLine(Base):
    """A line of a released order: shipped <= packed <= picked <= allocated <= ordered, always."""

    __tablename__ = "release_line"
    __table_args__ = (
        UniqueConstraint("release_id", "number"),
        CheckConstraint("ordered > 0 AND shipped >= 0 AND shipped <= packed AND packed <= picked "
                        "AND picked <= allocated AND allocated <= ordered", name="never_ahead"),
        CheckConstraint("short >= 0 AND allocated + short <= ordered", name="short"),
        Index("ix_release_line_short", "release_id", sqlite_where=text("short > 0"), postgresql_where=text("short > 0")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    number: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    lot: Mapped[str] = mapped_column(String(64), server_default="", doc="required lot, if any")
    serial: Mapped[str] = mapped_column(String(64), server_default="", doc="required serial, if any")
    ordered: Mapped[int]
    allocated: Mapped[int] = mapped_column(server_default="0")
    picked: Mapped[int] = mapped_column(server_default="0")
    packed: Mapped[int] = mapped_column(server_default="0")
    shipped: Mapped[int] = mapped_column(server_default="0")
    short: Mapped[int] = mapped_column(server_default="0", doc="reported back to the order as not to be had")


class Wave(Base):
    """A group of released orders worked together: what a saved release rule chose."""

    __tablename__ = "wave"
    __table_args__ = (CheckConstraint("state IN ('planned', 'released', 'done')", name="state"),
                      Index("ix_wave_site_id_released_at", "site_id", "released_at", sqlite_where=text("released_at IS NOT NULL"),
                            postgresql_where=text("released_at IS NOT NULL")),
                      Index("ix_wave_code_in_capitals", text("UPPER(code)")))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("release_rule.id"))
    state: Mapped[str] = mapped_column(String(16), server_default="planned")
    walk_mm: Mapped[int] = mapped_column(server_default="0", doc="planned walk of all its tasks")
    walk_s_shape_mm: Mapped[int] = mapped_column(server_default="0", doc="the same tasks walked in S-shape")
    walk_order_mm: Mapped[int] = mapped_column(server_default="0", doc="order by order in bin sequence")
    created_at: Mapped[int]
    released_at: Mapped[int | None]


class ReleaseRule(Base):
    """A saved rule that releases orders: by hand as a wave, or streaming with a short hold."""

    __tablename__ = "release_rule"
    __table_args__ = (
        UniqueConstraint("site_id", "name"),
        CheckConstraint("streaming IN (0, 1)", name="streaming"),
        CheckConstraint("picking IN ('single', 'batch', 'cluster', 'zone')", name="picking"),
        CheckConstraint("hold_seconds >= 0 AND trolley_orders > 0", name="sizes"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(64))
    streaming: Mapped[int] = mapped_column(Integer, server_default="0")
    hold_seconds: Mapped[int] = mapped_column(Integer, server_default="120")
    picking: Mapped[str] = mapped_column(String(16), server_default="cluster")
    trolley_orders: Mapped[int] = mapped_column(Integer, server_default="8")
    filters: Mapped[dict[str, Any]] = mapped_column(doc='{"carrier", "cutoff_before", "priority_max", "zone"}')


_NONE_LAST = "(CASE WHEN cutoff_at IS NULL THEN 1 ELSE 0 END)"
_FREE = "state = 'open' AND held = 0"
_FOR_WORKER, _FOR_DEVICE = (f"state = 'open' AND for_{one}_id IS NOT NULL" for one in ("worker", "device"))
_WORKED_IN = "state = 'leased' AND narrow_mm IS NOT NULL"


class Task(Base):
    """Work for one person: forms that belong together, leased to a worker on a device.

    `x_mm` and `y_mm` are those of `begin_id`, so that what is near is found. In a narrow aisle one person works at a time.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'leased', 'done', 'cancelled')", name="state"),
        CheckConstraint("(x_mm IS NULL) = (y_mm IS NULL)", name="place"),
        CheckConstraint("(end_x_mm IS NULL) = (end_y_mm IS NULL)", name="end"),
        CheckConstraint("needs IN ('', 'forklift', 'trolley')", name="needs"),
        CheckConstraint("held IN (0, 1) AND (held = 0 OR state <> 'leased')", name="held"),
        Index("ix_task_next", "site_id", "kind", "priority", text(_NONE_LAST), "cutoff_at", "id",
              sqlite_where=text(_FREE), postgresql_where=text(_FREE)),
        Index("ix_task_first", "site_id", "priority", text(_NONE_LAST), "cutoff_at", "id",
              sqlite_where=text(_FREE), postgresql_where=text(_FREE)),
        Index("ix_task_near", "site_id", "x_mm", "y_mm", sqlite_where=text(f"{_FREE} AND x_mm IS NOT NULL"),
              postgresql_where=text(f"{_FREE} AND x_mm IS NOT NULL")),
        Index("ix_task_for_worker_id", "for_worker_id", sqlite_where=text(_FOR_WORKER), postgresql_where=text(_FOR_WORKER)),
        Index("ix_task_for_device_id", "for_device_id", sqlite_where=text(_FOR_DEVICE), postgresql_where=text(_FOR_DEVICE)),
        Index("uq_task_narrow", "site_id", "narrow_mm", unique=True, sqlite_where=text(_WORKED_IN), postgresql_where=text(_WORKED_IN)),
        Index("ix_task_subject_id", "subject_id", "kind", sqlite_where=text("state IN ('open', 'leased')"),
              postgresql_where=text("state IN ('open', 'leased')")),
        Index("ix_task_document", "document", "kind", sqlite_where=text("state IN ('open', 'leased')"),
              postgresql_where=text("state IN ('open', 'leased')")),
        Index("ix_task_wave_id", "wave_id"),
        Index("ix_task_site_id_done_at", "site_id", "done_at"),
        Index("ix_task_leased", "device_id", sqlite_where=text("state = 'leased'"),
              postgresql_where=text("state = 'leased'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(16), server_default="open")
    priority: Mapped[int] = mapped_column(Integer, server_default="5")
    zone: Mapped[str] = mapped_column(String(16), server_default="")
    document: Mapped[str | None] = mapped_column(String(64), doc="the paper it is about, by its code")
    subject_id: Mapped[int | None] = mapped_column(doc="row of that paper (inbound, wave, release, load, count)")
    data: Mapped[dict[str, Any]] = mapped_column(doc="what its process needs to build the forms")
    version: Mapped[int] = mapped_column(server_default="1")
    not_worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"), doc="somebody else has to do it")
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    leased_until: Mapped[int | None]
    cutoff_at: Mapped[int | None]
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("wave.id"))
    created_at: Mapped[int]
    started_at: Mapped[int | None]
    done_at: Mapped[int | None]
    begin_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), doc="where its work begins")
    x_mm: Mapped[int | None]
    y_mm: Mapped[int | None]
    end_x_mm: Mapped[int | None] = mapped_column(doc="where whoever did it stands then")
    end_y_mm: Mapped[int | None]
    needs: Mapped[str] = mapped_column(String(16), server_default="", doc="equipment without which it cannot be done")
    narrow_mm: Mapped[int | None] = mapped_column(doc="x of the narrow aisle that it works in")
    for_worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"), doc="offered to nobody else, and to them first")
    for_device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), doc="the same for a device")
    held: Mapped[int] = mapped_column(Integer, server_default="0", doc="a supervisor holds it back")


class PutAway(Base):
    """An LPN or loose goods that stand somewhere and have to go to a bin."""

    __tablename__ = "put_away"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'cancelled')", name="state"),
        Index("ix_put_away_suggested_id", "suggested_id", sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    lpn_id: Mapped[int | None] = mapped_column(ForeignKey("lpn.id"), index=True)
    goods_id: Mapped[int | None] = mapped_column(ForeignKey("goods.id"))
    quantity: Mapped[int] = mapped_column(server_default="0")
    from_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    state: Mapped[str] = mapped_column(String(16), server_default="open")


class Carton(Base):
    """A parcel of a released order; its LPN carries the SSCC that its label shows.

    `carton_type` and what follows it are of the carton as it was when it was taken: empty weight and outer sides, 0 where not known.
    """

    __tablename__ = "carton"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'verified', 'loaded', 'shipped')", name="state"),
        *(CheckConstraint(f"{name} >= 0", name=name) for name in ("own_weight_g", "length_mm", "width_mm", "height_mm")),
        Index("ix_carton_release_id", "release_id"),
        Index("ix_carton_load_id", "load_id"),
        Index("ix_carton_verified", "release_id", sqlite_where=text("state = 'verified'"),
              postgresql_where=text("state = 'verified'")),
    )

    lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), primary_key=True, autoincrement=False)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    number: Mapped[int] = mapped_column(Integer, doc="1 of n")
    state: Mapped[str] = mapped_column(String(16), server_default="open")
    weight_g: Mapped[int] = mapped_column(server_default="0")
    scale_g: Mapped[int] = mapped_column(server_default="0", doc="what the scale said last, while that is not what it should be")
    load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"))
    carton_type: Mapped[str] = mapped_column(String(32), server_default="")
    own_weight_g: Mapped[int] = mapped_column(server_default="0")
    length_mm: Mapped[int] = mapped_column(server_default="0")
    width_mm: Mapped[int] = mapped_column(server_default="0")
    height_mm: Mapped[int] = mapped_column(server_default="0")


class ParcelWeight(Base):
    """What a scale said of a parcel; `reason` why its label came although that was not what was expected."""

    __tablename__ = "parcel_weight"
    __table_args__ = (
        CheckConstraint("measured_g > 0 AND expected_g >= 0", name="grams"),
        CheckConstraint("reason IN ('', 'counted', 'packaging')", name="reason"),
    )

    lpn_id: Mapped[int] = mapped_column(ForeignKey("carton.lpn_id"), primary_key=True, autoincrement=False)
    measured_g: Mapped[int]
    expected_g: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16), server_default="")
    at: Mapped[int]


class ItemWeight(Base):
    """The last parcels that held one item only, as [pieces, grams without the carton]: what a piece weighs is learnt from them."""

    __tablename__ = "item_weight"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, autoincrement=False)
    parcels: Mapped[list[Any]] = mapped_column(JSON)
    changed_at: Mapped[int]


class Load(Base):
    """What goes on one vehicle from one dock door; its manifest is the list of its cartons."""

    __tablename__ = "load"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'dispatched')", name="state"),
        Index("ix_load_code_in_capitals", text("UPPER(code)")),
        Index("ix_load_open", "door_id", sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    door_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    carrier: Mapped[str] = mapped_column(String(64), server_default="")
    state: Mapped[str] = mapped_column(String(16), server_default="open")
    created_at: Mapped[int]
    dispatched_at: Mapped[int | None]


class ReturnedLine(Base):
    """What came back of a released line; `shipped` is what the line said when something last came back."""

    __tablename__ = "returned_line"
    __table_args__ = (CheckConstraint("returned >= 0 AND returned <= shipped", name="within_shipped"),)

    release_line_id: Mapped[int] = mapped_column(ForeignKey("release_line.id"), primary_key=True, autoincrement=False)
    shipped: Mapped[int]
    returned: Mapped[int]


class ReturnPaper(Base):
    """Which order the goods of a return paper were shipped with."""

    __tablename__ = "return_paper"
    __table_args__ = (Index("ix_return_paper_release_id", "release_id"),)

    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"), primary_key=True, autoincrement=False)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))


class CycleCount(Base):
    """A bin to be counted blind, and what was found; a second person counts what differs."""

    __tablename__ = "cycle_count"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'recount', 'done', 'cancelled')", name="state"),
        CheckConstraint("cause IN ('planned', 'item', 'abc', 'short', 'empty', 'variance', 'manual')", name="cause"),
        Index("ix_cycle_count_task_id", "task_id"),
        Index("ix_cycle_count_site_id_counted_at", "site_id", "counted_at", sqlite_where=text("counted_at IS NOT NULL"),
              postgresql_where=text("counted_at IS NOT NULL")),
        Index("ix_cycle_count_recount", "site_id", sqlite_where=text("state = 'recount'"), postgresql_where=text("state = 'recount'")),
        Index("uq_cycle_count_one_open", "location_id", unique=True,
              sqlite_where=text("state IN ('open', 'recount')"),
              postgresql_where=text("state IN ('open', 'recount')")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    cause: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), server_default="open")
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    first_worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    second_worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    created_at: Mapped[int]
    counted_at: Mapped[int | None]


class CycleCountLine(Base):
    """One thing found, or missed, in a counted bin."""

    __tablename__ = "cycle_count_line"
    __table_args__ = (UniqueConstraint("cycle_count_id", "round", "holder_id", "goods_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_count_id: Mapped[int] = mapped_column(ForeignKey("cycle_count.id"))
    round: Mapped[int] = mapped_column(Integer, doc="1: first count, 2: second person")
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    book: Mapped[int]
    counted: Mapped[int]
    adjusted: Mapped[int] = mapped_column(server_default="0")


class GateTag(Base):
    """An RFID tag that passed while a paper was worked on: what it is of, and what it was taken for.

    `units` in the item's smallest unit; `booked` once they are in the ledger.
    """

    __tablename__ = "gate_tag"
    __table_args__ = (
        CheckConstraint("verdict IN ('expected', 'surplus', 'stranger', 'seen_before')", name="verdict"),
        CheckConstraint("booked IN (0, 1) AND units >= 0", name="booked"),
        Index("ix_gate_tag_epc", "epc"),
    )

    document: Mapped[str] = mapped_column(String(64), primary_key=True)
    epc: Mapped[str] = mapped_column(String(128), primary_key=True, doc="hexadecimal")
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    verdict: Mapped[str] = mapped_column(String(16))
    sscc: Mapped[str] = mapped_column(String(18), server_default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    units: Mapped[int] = mapped_column(server_default="0")
    booked: Mapped[int] = mapped_column(Integer, server_default="0")
    at: Mapped[int]
