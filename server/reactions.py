"""What happened, and who acts on it: the only place where the neighbours meet."""

import logging
from collections.abc import Mapping

from server.dashboard.history_sums import sum_job, want_sums
from server.events import (
    AllocationLost,
    Event,
    GoodsReceived,
    GoodsReturned,
    LineFound,
    LineShorted,
    OrderAccepted,
    OrderCancelled,
    OrderReady,
    OrderShipped,
    PromiseBroken,
    ReturnUndone,
    ShipmentUndone,
    SoldOffBook,
    StockArrived,
)
from server.floor.exceptions import raise_besides
from server.kernel.audit import head, record
from server.kernel.database import Database
from server.kernel.dispatcher import Consumer
from server.kernel.jobs import JobFunction, LongJobFunction, add_job
from server.kernel.settings import get_setting, set_setting
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_id
from server.masterdata.parties import shelf_life_days
from server.oms import progress
from server.oms.backorders import date_all
from server.oms.exceptions.ending import look_again
from server.oms.exceptions.opening import open_short
from server.oms.exceptions.tending import JOB as TENDING
from server.oms.exceptions.tending import tend, want_tending
from server.oms.holding import hold_all, hold_bound
from server.oms.notices import tell_cancelled, tell_ready, tell_shipped
from server.oms.orders import cancel_order, hold_order, order_by_number, order_lines
from server.oms.refund_asking import answer_cancelled, heed_shipped
from server.oms.return_counting import on_goods_returned, on_return_undone
from server.oms.returns import expire_returns, is_open
from server.oms.settling import settle_by_rule
from server.oms.sourcing.announced import bring_all_announced
from server.oms.sourcing.batch import source_together, want_together
from server.oms.sourcing.sending import bring_waiting, waiting_elsewhere
from server.oms.sourcing.trying import try_job
from server.oms.telling import spread_time
from server.printing.labels import print_lpn_label
from server.stock.availability import order_reference, void_promise
from server.stock.seals import seal
from server.wms.calling_back import unship_load_job
from server.wms.collecting import expired_collections
from server.wms.counting import plan_due_counts
from server.wms.holding import expire
from server.wms.loading import ship_load_job
from server.wms.order_floor import FLOOR
from server.wms.reallocating import reallocate
from server.wms.releases import NewRelease, NewReleaseLine, hand_over
from server.wms.return_papers import end_papers
from server.wms.sold import doubt_after_sale
from server.wms.waves import open_due, release_wave_job
from server.wms.withdrawing import withdraw

log = logging.getLogger("aisle.reactions")


def _hand_to_floor(tx: Tx, event: Event) -> None:
    if isinstance(event, OrderAccepted):
        hand_order_over(tx, event.order_number)
        look_again(tx, event.order_number)


def hand_order_over(tx: Tx, number: str) -> None:
    """What is promised of an order goes to the floor of its site, as far as it is not there yet."""
    order = hold_order(tx, number)
    if order.state in ("cancelled", "merged") or order.hold:
        return
    lines = [NewReleaseLine(number=line.number, item_id=line.item_id, owner_id=line.owner_id, quantity=line.promised + line.again,
                            lot=line.lot, serial=line.serial) for line in order_lines(tx, order.id)]
    handed = hand_over(tx, NewRelease(
        order_number=number, site_id=order.site_id, lines=lines, customer=order.customer, ship_to=order.ship_to,
        carrier=order.carrier, priority=order.priority, cutoff_at=order.cutoff_at, delivery=order.delivery,
        min_shelf_life_days=shelf_life_days(tx, order.customer_id)))
    if handed is not None:
        progress.on_order_released(tx, number)


def _promise_backorders(tx: Tx, event: Event) -> None:
    if isinstance(event, StockArrived):
        elsewhere = waiting_elsewhere(tx, event.site_id, event.item_id)
        for number in progress.on_stock_arrived(tx, event, elsewhere):
            hand_order_over(tx, number)
            look_again(tx, number)
        bring_waiting(tx, event.site_id, event.item_id, FLOOR, elsewhere)


def _note_broken_promise(tx: Tx, event: Event) -> None:
    if isinstance(event, PromiseBroken):
        progress.on_promise_broken(tx, event)


def _note_short(tx: Tx, event: Event) -> None:
    if isinstance(event, LineShorted):
        progress.on_line_shorted(tx, event)
        open_short(tx, order_by_number(tx, event.order_number).id)


def _note_found(tx: Tx, event: Event) -> None:
    """What was found for an order that was cancelled meanwhile is taken back from the floor."""
    if not isinstance(event, LineFound):
        return
    progress.on_line_found(tx, event)
    look_again(tx, event.order_number)
    order = order_by_number(tx, event.order_number)
    if order.state == "cancelled":
        withdraw(tx, order.number)
        void_promise(tx, order.site_id, order_reference(order.number, event.line))
        item_id = next(line.item_id for line in order_lines(tx, order.id) if line.number == event.line)
        tx.emit(StockArrived(order.site_id, item_id, 0))  # somebody else may wait for it


def _note_shipped(tx: Tx, event: Event) -> None:
    if isinstance(event, OrderShipped):
        hold_bound(tx, event.order_number)
        progress.on_order_shipped(tx, event)
        tell_shipped(tx, event.order_number, event.parcel, event.carrier, event.lines)
        heed_shipped(tx, event.order_number, FLOOR)
        look_again(tx, event.order_number)


def _tell_ready(tx: Tx, event: Event) -> None:
    if isinstance(event, OrderReady):
        tell_ready(tx, event.order_number, event.until)


def _note_cancelled(tx: Tx, event: Event) -> None:
    if isinstance(event, OrderCancelled):
        answer_cancelled(tx, event.order_number, event.reason)
        tell_cancelled(tx, event.order_number, event.reason)
        look_again(tx, event.order_number)


def _note_shipment_undone(tx: Tx, event: Event) -> None:
    if isinstance(event, ShipmentUndone):
        progress.on_shipment_undone(tx, event)


def _note_returned(tx: Tx, event: Event) -> None:
    if isinstance(event, GoodsReturned):
        for number in on_goods_returned(tx, event):
            settle_by_rule(tx, number)


def _note_return_undone(tx: Tx, event: Event) -> None:
    if isinstance(event, ReturnUndone):
        for number in on_return_undone(tx, event):
            if not is_open(tx, number):
                end_papers(tx, number)  # it waits for nothing, whoever books the piece anew


def _label_lpn(tx: Tx, event: Event) -> None:
    if isinstance(event, GoodsReceived) and event.lpn is not None and event.lpn.startswith(OWN_LPN):
        print_lpn_label(tx, event.lpn, document=event.inbound_code)


def _reallocate(tx: Tx, event: Event) -> None:
    if isinstance(event, AllocationLost):
        reallocate(tx, event.release_line_id, event.task_id)


def _doubt_after_sale(tx: Tx, event: Event) -> None:
    if isinstance(event, SoldOffBook):
        doubt_after_sale(tx, event)
        if event.missing:
            raise_besides(tx, event.site_id, "sold_off_book", item=item_by_id(tx, event.item_id).code, quantity=event.missing, receipt=event.receipt)


OWN_LPN = "LPN"
CONSUMERS: Mapping[str, Mapping[str, Consumer]] = {
    "OrderAccepted": {"wms.releases": _hand_to_floor},
    "GoodsReceived": {"printing.lpn": _label_lpn},
    "StockArrived": {"oms.backorders": _promise_backorders},
    "PromiseBroken": {"oms.promises": _note_broken_promise},
    "AllocationLost": {"wms.reallocating": _reallocate},
    "GoodsReturned": {"oms.returned": _note_returned},
    "ReturnUndone": {"oms.unreturned": _note_return_undone},
    "LineFound": {"oms.found": _note_found},
    "LineShorted": {"oms.short": _note_short},
    "OrderCancelled": {"oms.cancelled": _note_cancelled},
    "OrderReady": {"oms.ready": _tell_ready},
    "OrderShipped": {"oms.shipped": _note_shipped},
    "ShipmentUndone": {"oms.unshipped": _note_shipment_undone},
    "SoldOffBook": {"wms.sold": _doubt_after_sale},
}

def _seal(tx: Tx, _payload: Mapping[str, object]) -> None:
    while seal(tx):
        pass
    end = str(head(tx))
    if get_setting(tx, "audit_head") != end:  # in the log it is out of reach of whoever can change the database
        set_setting(tx, "audit_head", end)
        tx.after_commit(lambda: log.info("the audit's head is %s", end))


def _release_due(tx: Tx, _payload: Mapping[str, object]) -> None:
    open_due(tx)


def _plan_counts(tx: Tx, _payload: Mapping[str, object]) -> None:
    plan_due_counts(tx)


def _expire(tx: Tx, _payload: Mapping[str, object]) -> None:
    expire(tx)
    for number in expire_returns(tx):
        end_papers(tx, number)


def _end_collections(tx: Tx, _payload: Mapping[str, object]) -> None:
    """What nobody came for goes back to its bins, and its order ends."""
    numbers = expired_collections(tx)
    hold_all(tx, numbers)
    for number in numbers:
        order = hold_order(tx, number)
        withdraw(tx, number)
        if order.state in ("accepted", "released"):
            cancel_order(tx, number, "not collected in time")
            record(tx, "order.cancelled", number, old={"state": order.state}, new={"state": "cancelled"}, reason="not collected in time")


def _want_sums(tx: Tx, _payload: Mapping[str, object]) -> None:
    want_sums(tx)


def _date_backorders(tx: Tx, _payload: Mapping[str, object]) -> None:
    add_job(tx, "look_ahead", unique_key="look_ahead")


def _look_ahead(database: Database, _payload: Mapping[str, object]) -> None:
    date_all(database)
    bring_all_announced(database, FLOOR)
    spread_time(database)


def _want_together(tx: Tx, _payload: Mapping[str, object]) -> None:
    want_together(tx)


def _source_together(database: Database, _payload: Mapping[str, object]) -> None:
    source_together(database, FLOOR)


def _want_tending(tx: Tx, _payload: Mapping[str, object]) -> None:
    want_tending(tx)


def _tend(database: Database, _payload: Mapping[str, object]) -> None:
    tend(database, FLOOR)


JOBS: Mapping[str, JobFunction] = {
    "seal": _seal,
    "plan_counts": _plan_counts,
    "expire": _expire,
    "end_collections": _end_collections,
    "release_due": _release_due,
    "want_sums": _want_sums,
    "want_together": _want_together,
    "date_backorders": _date_backorders,
    "want_tending": _want_tending,
}
LONG_JOBS: Mapping[str, LongJobFunction] = {
    "try_sourcing": try_job,
    "source_together": _source_together,
    "look_ahead": _look_ahead,
    "release_wave": release_wave_job,
    "ship_load": ship_load_job,
    "unship_load": unship_load_job,
    "sum_figures": sum_job,
    TENDING: _tend,
}
