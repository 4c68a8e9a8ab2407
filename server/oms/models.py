"""Orders as their customers know them."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key


class Order(Base):
    """A sales order; `channel` and `channel_ref` together are its identity outside.

    What leaves from several sites, or at several times, is an order for each of them: the first is `part` 0, and the others are
    `part_of` it. One that leaves together with another of the same receiver is `merged_into` that.

    Indexes of a beginning compare by the signs' numbers, and one is of the phone: migration 0031 has them
    as each database writes them.
    """

    __tablename__ = "sales_order"
    __table_args__ = (
        UniqueConstraint("channel", "channel_ref", "part"),
        CheckConstraint("state IN ('accepted', 'released', 'partly_shipped', 'shipped', 'short', 'cancelled', 'merged')",
                        name="state"),
        CheckConstraint("(part = 0) = (part_of IS NULL) AND part >= 0 AND is_sourced IN (0, 1)", name="part"),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        Index("ix_sales_order_part_of", "part_of", sqlite_where=text("part_of IS NOT NULL"), postgresql_where=text("part_of IS NOT NULL")),
        Index("ix_sales_order_merged_into", "merged_into", sqlite_where=text("merged_into IS NOT NULL"),
              postgresql_where=text("merged_into IS NOT NULL")),
        CheckConstraint("delivery IN ('ship', 'collect')", name="delivery"),
        CheckConstraint("postage >= 0", name="postage"),
        CheckConstraint("postage_refunded >= 0 AND postage_refunded <= postage", name="postage_refunded"),
        Index("ix_sales_order_state", "state", "id"),
        Index("ix_sales_order_channel", "channel", "id"),
        Index("ix_sales_order_held", "id", sqlite_where=text("hold <> ''"), postgresql_where=text("hold <> ''")),
        Index("ix_sales_order_ref_in_capitals", text("UPPER(channel_ref)")),
        Index("ix_sales_order_due", "promised_at", sqlite_where=text("state IN ('accepted', 'released') AND promised_at IS NOT NULL"),
              postgresql_where=text("state IN ('accepted', 'released') AND promised_at IS NOT NULL")),
        Index("ix_sales_order_customer_in_capitals", text("UPPER(customer)"), "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(32))
    channel_ref: Mapped[str] = mapped_column(String(128))
    body_hash: Mapped[str] = mapped_column(String(64), doc="of the order as first given")
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    customer: Mapped[str] = mapped_column(String(256), server_default="")
    ship_to: Mapped[dict[str, Any]]
    carrier: Mapped[str] = mapped_column(String(64), server_default="")
    priority: Mapped[int] = mapped_column(Integer, server_default="5")
    cutoff_at: Mapped[int | None]
    promised_at: Mapped[int | None] = mapped_column(doc="when it will leave, as promised on arrival")
    first_promised_at: Mapped[int | None] = mapped_column(doc="when it was to leave, as was told first where it had to wait")
    state: Mapped[str] = mapped_column(String(16), server_default="accepted")
    created_at: Mapped[int]
    hold: Mapped[str] = mapped_column(String(32), server_default="", doc="why it is kept from the floor; '' where it is not")
    placed_at: Mapped[int | None] = mapped_column(doc="when the customer ordered, by the channel")
    currency: Mapped[str] = mapped_column(String(3), server_default="")
    total: Mapped[int] = mapped_column(server_default="0", doc="in the currency's smallest unit")
    postage: Mapped[int] = mapped_column(server_default="0", doc="what the customer paid for the way; of an order in parts the first has it")
    postage_refunded: Mapped[int] = mapped_column(server_default="0", doc="of it paid back")
    note: Mapped[str] = mapped_column(String(512), server_default="")
    phone: Mapped[str] = mapped_column(String(64), server_default="", doc="of the receiver, without spaces and dashes: to be found by")
    delivery: Mapped[str] = mapped_column(String(8), server_default="ship", doc="collect: it waits at its store for the customer")
    last_line: Mapped[int] = mapped_column(Integer, server_default="0", doc="the highest line number ever given: none is given twice")
    part: Mapped[int] = mapped_column(Integer, server_default="0", doc="0: the first, which has the channel's paper")
    part_of: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"))
    is_sourced: Mapped[int] = mapped_column(Integer, server_default="0", doc="1: any site may send it, by the rules")


class OrderLine(Base):
    """What was ordered, how much of it was promised, and what became of it."""

    __tablename__ = "sales_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("quantity > 0 AND promised >= 0 AND promised <= quantity", name="promised"),
        CheckConstraint("shipped >= 0 AND shipped <= quantity AND short >= 0", name="shipped"),
        CheckConstraint("pack > 0", name="pack"),
        CheckConstraint("again >= 0", name="again"),
        CheckConstraint("paid >= 0", name="paid"),
        CheckConstraint("backorder IN ('never', 'dated', 'always')", name="backorder"),
        CheckConstraint("(backorder = 'dated') = (expected_by IS NOT NULL)", name="expected_by"),
        Index("ix_sales_order_line_item_id", "item_id", "order_id"),
        Index("ix_sales_order_line_waiting", "item_id", sqlite_where=text("promised + short < quantity"),
              postgresql_where=text("promised + short < quantity")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    lot: Mapped[str] = mapped_column(String(64), server_default="")
    serial: Mapped[str] = mapped_column(String(64), server_default="")
    quantity: Mapped[int]
    promised: Mapped[int] = mapped_column(server_default="0")
    shipped: Mapped[int] = mapped_column(server_default="0")
    short: Mapped[int] = mapped_column(server_default="0")
    ref: Mapped[str] = mapped_column(String(64), server_default="", doc="the channel's own number of the line")
    price: Mapped[int] = mapped_column(server_default="0", doc="of `pack` pieces before discounts, in the currency's smallest unit")
    paid: Mapped[int | None] = mapped_column(doc="what was really paid for all of it; null: quantity x price")
    pack: Mapped[int] = mapped_column(server_default="1", doc="how many of ours are one of the channel's pieces")
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"), doc="the order that it was of before it was merged into this")
    again: Mapped[int] = mapped_column(server_default="0", doc="how much was short once and is waited for again: the floor is handed it anew")
    backorder: Mapped[str] = mapped_column(String(8), server_default="never", doc="as its listing was when it was sold")
    expected_by: Mapped[int | None] = mapped_column(doc="dated: what it waits for may be announced for so late")
    expected_at: Mapped[int | None] = mapped_column(doc="when what it waits for comes, as announced")
    waits_since: Mapped[int | None] = mapped_column(doc="its place among those who wait: a later one is behind it; null: as its order came")


class Channel(Base):
    """A place where customers order: how it is reached, how far it has been read, and what went wrong last."""

    __tablename__ = "channel"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'paused')", name="state"),
        CheckConstraint("promises_unpaid IN (0, 1)", name="promises_unpaid"),
        CheckConstraint("checks IN ('on', 'off')", name="checks"),
        CheckConstraint("sourcing IN ('off', 'on', 'together')", name="sourcing"),
        CheckConstraint("every_seconds > 0 AND failures >= 0 AND watermark >= 0", name="counts"),
        CheckConstraint("safety_stock >= 0", name="safety_stock"),
        CheckConstraint("reconcile_from >= 0", name="reconcile_from"),
        CheckConstraint("price_tolerance BETWEEN 0 AND 100", name="price_tolerance"),
        CheckConstraint("discount_limit BETWEEN 0 AND 100", name="discount_limit"),
        CheckConstraint("backorder IN ('never', 'dated', 'always')", name="backorder"),
        CheckConstraint("presell_days BETWEEN 1 AND 730", name="presell_days"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True, doc="as orders name it")
    kind: Mapped[str] = mapped_column(String(32), doc="which protocol: a module of server/oms/channels")
    name: Mapped[str] = mapped_column(String(128))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    settings: Mapped[dict[str, Any]]
    secrets: Mapped[dict[str, Any]] = mapped_column(doc="never shown again")
    carrier: Mapped[str] = mapped_column(String(64), server_default="", doc="of all its orders; empty: as each of them says")
    promises_unpaid: Mapped[int] = mapped_column(Integer, server_default="0", doc="1: stock is kept for who has not paid yet")
    every_seconds: Mapped[int] = mapped_column(Integer, server_default="10")
    checks: Mapped[str] = mapped_column(String(3), server_default="on", doc="whether its orders' addresses are looked at")
    sourcing: Mapped[str] = mapped_column(String(8), server_default="off", doc="off: its site sends all; on: who sends is decided as each comes; together: of many at once")
    state: Mapped[str] = mapped_column(String(16), server_default="running")
    watermark: Mapped[int] = mapped_column(server_default="0", doc="all that changed before was taken in; UTC, ms")
    asked_until: Mapped[int] = mapped_column(server_default="0", doc="all that buyers asked it for before was taken in; UTC, ms")
    next_at: Mapped[int] = mapped_column(server_default="0", doc="when it is asked next")
    pulled_at: Mapped[int | None] = mapped_column(doc="when it last answered all that it was asked")
    heard_at: Mapped[int | None] = mapped_column(doc="when it last called us, rightly signed")
    failures: Mapped[int] = mapped_column(Integer, server_default="0", doc="in a row")
    error: Mapped[str] = mapped_column(String(512), server_default="")
    error_code: Mapped[str] = mapped_column(String(100), server_default="")
    error_at: Mapped[int | None]
    created_at: Mapped[int]
    safety_stock: Mapped[int] = mapped_column(server_default="0", doc="kept back from it of every item, unless its listing says otherwise")
    reconcile_from: Mapped[int | None] = mapped_column(doc="listings with a greater number are to be told again; null where none are")
    reconciled_at: Mapped[int | None]
    price_tolerance: Mapped[int | None] = mapped_column(Integer, doc="by how many percent a price may be lower than its listing's; null: not looked at")
    discount_limit: Mapped[int | None] = mapped_column(Integer, doc="by how many percent a line may be discounted; null: not looked at")
    backorder: Mapped[str] = mapped_column(String(8), server_default="never", doc="whether more may be sold than there is: never, dated (what is announced), always")
    presell_days: Mapped[int] = mapped_column(Integer, server_default="30", doc="dated: what is announced for within so many days may be sold")


class ChannelPaper(Base):
    """An order as its channel gave it last; `order_id` is what became of it here.

    new: only its reference is known. taken: the order here says the same. refused: it does not, and `code` is why. ended: it
    was over before it came, and needs nothing. `wanted` is how often we were told that it changed since it was last asked for.
    """

    __tablename__ = "channel_paper"
    __table_args__ = (
        UniqueConstraint("channel_id", "ref"),
        CheckConstraint("state IN ('new', 'taken', 'refused', 'ended')", name="state"),
        CheckConstraint("(state = 'refused') = (code <> '')", name="code"),
        CheckConstraint("state <> 'taken' OR order_id IS NOT NULL", name="taken"),
        CheckConstraint("stage BETWEEN 0 AND 3 AND wanted >= 0", name="counts"),
        Index("ix_channel_paper_order_id", "order_id"),
        Index("ix_channel_paper_refused", "channel_id", "id", sqlite_where=text("state = 'refused'"),
              postgresql_where=text("state = 'refused'")),
        Index("ix_channel_paper_wanted", "channel_id", "id", sqlite_where=text("wanted > 0"), postgresql_where=text("wanted > 0")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    ref: Mapped[str] = mapped_column(String(128), doc="the channel's own number of the order")
    version: Mapped[int] = mapped_column(server_default="0", doc="orders its changes: the greater is newer")
    stage: Mapped[int] = mapped_column(Integer, server_default="0")
    digest: Mapped[str] = mapped_column(String(64), server_default="")
    document: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    wanted: Mapped[int] = mapped_column(Integer, server_default="0")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"))
    code: Mapped[str] = mapped_column(String(64), server_default="")
    words: Mapped[str] = mapped_column(String(512), server_default="")
    came_at: Mapped[int]
    changed_at: Mapped[int]
    tried_at: Mapped[int] = mapped_column(server_default="0", doc="when an order here was last made to say the same")
    said_to: Mapped[str] = mapped_column(String(64), server_default="", doc="digest of the receiver that the order here was last made to go to")


class Listing(Base):
    """An item of ours that a channel sells under a name of its own, and how much of it the channel was told that it may sell.

    `version` rises whenever that may have changed, and `told_version` is the one that the channel was told last: it waits while
    that is less. `telling` is what is being told, until the channel's answer is noted; whether it arrived is not known. `drift_...`
    is what the channel had that was neither what it was told nor what it should have, when it was asked last.
    """

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("channel_id", "name"),
        CheckConstraint("quantity > 0 AND (safety_stock IS NULL OR safety_stock >= 0)", name="quantity"),
        CheckConstraint("is_said IN (0, 1) AND is_on IN (0, 1)", name="is"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("backorder IN ('never', 'dated', 'always')", name="backorder"),
        CheckConstraint("presell_days BETWEEN 1 AND 730", name="presell_days"),
        CheckConstraint("told_version >= 0 AND told_version <= version", name="version"),
        CheckConstraint("(told IS NULL) = (told_at IS NULL) AND told >= 0 AND telling >= 0", name="told"),
        CheckConstraint("attempts >= 0 AND (attempts > 0) = (error <> '')", name="error"),
        CheckConstraint("(drift_at IS NULL) = (drift_there IS NULL) AND (drift_at IS NULL) = (drift_should IS NULL)", name="drift"),
        Index("ix_listing_item_id", "item_id"),
        Index("ix_listing_channel_id", "channel_id", "id"),
        Index("ix_listing_waiting", "channel_id", "next_at", "id", sqlite_where=text("told_version < version"),
              postgresql_where=text("told_version < version")),
        Index("ix_listing_drifted", "channel_id", "id", sqlite_where=text("drift_at IS NOT NULL"), postgresql_where=text("drift_at IS NOT NULL")),
        Index("ix_listing_refused", "channel_id", "id", sqlite_where=text("attempts > 0"), postgresql_where=text("attempts > 0")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    name: Mapped[str] = mapped_column(String(128), doc="what the channel calls it")
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    quantity: Mapped[int] = mapped_column(server_default="1", doc="of ours in one of theirs")
    is_said: Mapped[int] = mapped_column(Integer, server_default="0", doc="1: somebody said so; 0: found by code or barcode")
    ref: Mapped[str] = mapped_column(String(128), server_default="", doc="the channel's own number of it, where known")
    safety_stock: Mapped[int | None] = mapped_column(doc="kept back from this channel, of ours; as the channel says where null")
    is_on: Mapped[int] = mapped_column(Integer, server_default="1", doc="0: told that there is none, and then nothing more")
    version: Mapped[int] = mapped_column(server_default="1")
    told_version: Mapped[int] = mapped_column(server_default="0")
    told: Mapped[int | None]
    told_at: Mapped[int | None]
    telling: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0", doc="in a row that failed")
    next_at: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(String(512), server_default="")
    error_code: Mapped[str] = mapped_column(String(100), server_default="")
    drift_told: Mapped[int | None]
    drift_there: Mapped[int | None]
    drift_should: Mapped[int | None]
    drift_at: Mapped[int | None]
    price: Mapped[int | None] = mapped_column(doc="what one of theirs should cost, in the currency's smallest unit; null: not looked at")
    backorder: Mapped[str | None] = mapped_column(String(8), doc="as the channel's where null")
    presell_days: Mapped[int | None] = mapped_column(Integer, doc="as the channel's where null")


class ChannelNotice(Base):
    """Something that a channel has to be told until it has accepted it; `once` keeps it from being told twice."""

    __tablename__ = "channel_notice"
    __table_args__ = (
        UniqueConstraint("channel_id", "once"),
        CheckConstraint("kind IN ('ship', 'cancel', 'refund', 'ready')", name="kind"),
        CheckConstraint("state IN ('waiting', 'told', 'refused')", name="state"),
        Index("ix_channel_notice_waiting", "channel_id", "id", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
        Index("ix_channel_notice_refused", "channel_id", sqlite_where=text("state = 'refused'"),
              postgresql_where=text("state = 'refused'")),
        Index("ix_channel_notice_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    kind: Mapped[str] = mapped_column(String(16))
    once: Mapped[str] = mapped_column(String(128))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16), server_default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(String(512), server_default="")
    created_at: Mapped[int]
    told_at: Mapped[int | None]


class OrderBlock(Base):
    """Whom or where a site sends nothing to without somebody's word: `value` as `server/oms/blocking.py` writes it."""

    __tablename__ = "order_block"
    __table_args__ = (
        UniqueConstraint("site_id", "value", "kind"),
        CheckConstraint("kind IN ('customer', 'phone', 'region')", name="kind"),
        CheckConstraint("value <> ''", name="value"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(256))
    reason: Mapped[str] = mapped_column(String(256), server_default="")
    created_at: Mapped[int]


class OrderFinding(Base):
    """What was found in an order; `passed` where somebody has let the order go in spite of it."""

    __tablename__ = "order_finding"
    __table_args__ = (
        UniqueConstraint("order_id", "code", "field"),
        CheckConstraint("severity IN ('hold', 'hint')", name="severity"),
        CheckConstraint("passed IN (0, 1)", name="passed"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    code: Mapped[str] = mapped_column(String(32))
    field: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(String(512))
    severity: Mapped[str] = mapped_column(String(8))
    suggestion: Mapped[dict[str, Any]]
    passed: Mapped[int] = mapped_column(Integer, server_default="0")
    found_at: Mapped[int]


class OrderMark(Base):
    """What two orders have in common that are for the same receiver and the same goods: a hash, so that it is found by an index."""

    __tablename__ = "order_mark"
    __table_args__ = (Index("ix_order_mark_order_id", "order_id"),)

    mark: Mapped[str] = mapped_column(String(40), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"), primary_key=True, autoincrement=False)


class SourcingRules(Base):
    """A text of rules by which orders are sourced; one at most is active."""

    __tablename__ = "sourcing_rules"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'active', 'retired')", name="state"),
        CheckConstraint("state = 'draft' OR active_from IS NOT NULL", name="active_from"),
        Index("uq_sourcing_rules_active", "state", unique=True, sqlite_where=text("state = 'active'"), postgresql_where=text("state = 'active'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), server_default="draft")
    made_at: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(64), server_default="")
    active_from: Mapped[int | None]


class SourcingDecision(Base):
    """Who sends an order, and why: what the plans that were looked at came to."""

    __tablename__ = "sourcing_decision"
    __table_args__ = (
        CheckConstraint("how IN ('rules', 'by_hand', 'together', 'stock')", name="how"),
        Index("ix_sourcing_decision_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    rules_id: Mapped[int | None] = mapped_column(ForeignKey("sourcing_rules.id"))
    how: Mapped[str] = mapped_column(String(8))
    at: Mapped[int]
    why: Mapped[dict[str, Any]]


class SourcingTrial(Base):
    """Rules tried on the orders of the last `days`, and what came of it."""

    __tablename__ = "sourcing_trial"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("days BETWEEN 1 AND 92 AND done >= 0 AND done <= total", name="counts"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    days: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8), server_default="waiting")
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    total: Mapped[int] = mapped_column(Integer, server_default="0")
    result: Mapped[dict[str, Any]]
    made_at: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(64), server_default="")


class SourcingSite(Base):
    """What the active rules say of a site whatever the order: how much of each item it keeps, and whether it sends none at all."""

    __tablename__ = "sourcing_site"
    __table_args__ = (CheckConstraint("keeps >= 0 AND is_barred IN (0, 1)", name="keeps"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True, autoincrement=False)
    keeps: Mapped[int] = mapped_column(server_default="0")
    is_barred: Mapped[int] = mapped_column(Integer, server_default="0")


class SiteDay(Base):
    """How many orders a site was given on a day of its own calendar."""

    __tablename__ = "site_day"
    __table_args__ = (CheckConstraint("orders >= 0", name="orders"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True, autoincrement=False)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    orders: Mapped[int] = mapped_column(Integer)
class StoreSale(Base):
    """What a till sold, known by its register and receipt (`ref`) once for ever; `voided` where it did not happen after all."""

    __tablename__ = "store_sale"
    __table_args__ = (
        UniqueConstraint("channel_id", "ref"),
        CheckConstraint("state IN ('sold', 'voided')", name="state"),
        CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name="voided_at"),
        Index("ix_store_sale_sold_at", "sold_at", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    ref: Mapped[str] = mapped_column(String(128))
    sold_at: Mapped[int] = mapped_column(doc="by the till, else when it was told; UTC, ms")
    state: Mapped[str] = mapped_column(String(16), server_default="sold")
    currency: Mapped[str] = mapped_column(String(3), server_default="")
    total: Mapped[int] = mapped_column(server_default="0", doc="in the currency's smallest unit; negative where more came back")
    taken_at: Mapped[int]
    voided_at: Mapped[int | None]


class StoreSaleLine(Base):
    """A line of a sale as the till named it; `units` of `item_id` are in the ledger once somebody knows what it is. Below zero: brought back."""

    __tablename__ = "store_sale_line"
    __table_args__ = (
        CheckConstraint("quantity <> 0 AND price >= 0", name="quantity"),
        CheckConstraint("(item_id IS NULL) = (units = 0)", name="booked"),
        CheckConstraint("missing >= 0 AND (missing = 0 OR missing <= units)", name="missing"),
        CheckConstraint("paid >= 0", name="paid"),
    )

    sale_id: Mapped[int] = mapped_column(ForeignKey("store_sale.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(128))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    quantity: Mapped[int]
    price: Mapped[int] = mapped_column(server_default="0", doc="of one, in the currency's smallest unit")
    paid: Mapped[int | None] = mapped_column(doc="paid for all of it, or given back; null: quantity x price")
    units: Mapped[int] = mapped_column(server_default="0", doc="of ours")
    missing: Mapped[int] = mapped_column(server_default="0", doc="of them the book did not have")
