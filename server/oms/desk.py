"""Channels are asked, heard and told. Nothing of the database is held while a channel is spoken to."""

import json
import logging
import random
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from server.kernel.clock import SECOND, Clock
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.transaction import Actor, Tx
from server.oms.channels import kinds
from server.oms.channels.base import (
    Call,
    ChannelLine,
    Connector,
    Document,
    Heard,
    HearsRefunds,
    Parcel,
    Ready,
    TellsReady,
)
from server.oms.channels.caller import Caller
from server.oms.channels.errors import (
    ChannelAway,
    ChannelBusy,
    ChannelDeaf,
    ChannelError,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
)
from server.oms.channels.refunds import Refund, agree_to
from server.oms.connecting import (
    channel_by_code,
    channel_of_paper,
    note_asked,
    note_failed,
    note_heard,
    note_page,
    note_pulled,
)
from server.oms.floor import Floor
from server.oms.intake import Outcome, keep_faulty, take_in, try_paper_again, unknown_items
from server.oms.notices import due_notices, note_later, note_refused, note_told
from server.oms.orders import LANE
from server.oms.papers import got, papers_to_try, want, wanted_papers
from server.oms.refund_asking import heed
from server.oms.refund_papers import note_pays, taken_requests
from server.oms.sales import ring_up, ring_up_again
from server.oms.telling import Teller
from server.oms.unread_requests import hear_request, keep_unread, try_request_again

log = logging.getLogger("aisle.channels")

P = ParamSpec("P")
T = TypeVar("T")

_WAIT_MAX_MS = 300 * SECOND
_SHUT_MS = 60 * SECOND


class Desk:
    """Speaks to all channels; one thread at a time asks and tells one of them, any may hear. `folder` has those of channels with files."""

    def __init__(self, database: Database, floor: Floor, *, clock: Clock | None = None, folder: Path | None = None) -> None:
        self._database, self._floor, self._clock, self._folder = database, floor, clock, folder
        self._teller = Teller(database)
        self._lock = threading.Lock()
        self._connected: dict[int, tuple[str, Connector, Caller]] = {}

    def hear(self, code: str, call: Call) -> Heard:
        """What a channel says to us, taken in before it is answered. NotFound, or NotFromChannel when it is not from there."""
        channel = self._database.read(lambda tx: channel_by_code(tx, code))
        connector = self._connector(channel)
        heard = connector.hear(call)
        is_taken = channel.state == "running" or kinds()[channel.kind].sells  # what was sold is gone, whoever paused what
        if is_taken:
            for document in heard.documents:
                self._take(channel, connector, document, is_fresh=False)
        refs = [*heard.refs, *([] if is_taken else _refs(connector, heard))]
        self._write(channel, _note_call, channel.id, refs)
        return heard

    def attend(self, channel: Any) -> bool:
        """Asks a channel for what is due and tells it what waits; whether all went well. What goes wrong first is noted with it."""
        wrong = self._gone_through(channel, self._connector(channel))
        if wrong is None:
            return True
        if isinstance(wrong, ChannelError):
            log.warning("channel %s: %s", channel.code, wrong.words)
            words, code = wrong.words, wrong.code or type(wrong).__name__
        else:
            log.error("channel %s met a fault of ours", channel.code, exc_info=wrong)
            words, code = f"{type(wrong).__name__}: {wrong}", "fault"
        self._write(channel, note_failed, channel.id, words, code, _wait_ms(wrong, channel.failures))
        return False

    def _steps(self, channel: Any) -> list[Callable[[Any, Connector], None]]:
        """Who may not see what buyers ask for is told that last, and is still asked and told everything else."""
        is_due = self._now() >= channel.next_at
        asking = [self._pull, self._try_again] if is_due else []
        return [self._fetch, *asking, self._tell, self._teller.reconcile, self._teller.tell, *([self._ask_for_requests] if is_due else [])]

    def _gone_through(self, channel: Any, connector: Connector) -> Exception | None:
        """A page of orders that cannot be read must not keep the channel selling what is gone; where nobody answers, nothing else is asked."""
        first: Exception | None = None
        for step in self._steps(channel):
            try:
                step(channel, connector)
            except Unavailable:
                raise
            except (ChannelAway, ChannelBusy, ChannelShut) as error:
                return first or error
            except Exception as error:  # noqa: BLE001 - noted by who calls
                first = first or error
        return first

    @property
    def floor(self) -> Floor:
        """What the floor lets an order be."""
        return self._floor

    def try_again(self, paper: int) -> Outcome:
        """A refused paper once more."""
        channel = self._database.read(lambda tx: channel_of_paper(tx, paper))
        return self._tried(channel, self._connector(channel), paper)

    def try_request_again(self, code: str, number: int) -> Outcome:
        """A buyer's request that could not be read once more; of a channel that hears of none any more it needs nothing."""
        channel = self._database.read(lambda tx: channel_by_code(tx, code))
        connector = self._connector(channel)
        if not isinstance(connector, HearsRefunds):
            return Outcome("ended", str(number))
        return self._write(channel, try_request_again, channel, connector, number, self._floor)

    def unknown_items(self, tx: Tx, channel: Any, document: Document) -> list[ChannelLine]:
        """What a channel's document names that nobody here knows."""
        return unknown_items(tx, channel, self._connector(channel), document)

    def stop(self) -> None:
        """Ends all waiting for channels."""
        with self._lock:
            for _, _, caller in self._connected.values():
                caller.stop()

    def _pull(self, channel: Any, connector: Connector) -> None:
        if kinds()[channel.kind].pulls:
            for page in connector.pull(channel.watermark):
                for document in page.documents:
                    self._take(channel, connector, document, is_fresh=True)
                if page.watermark is not None:
                    self._write(channel, note_page, channel.id, page.watermark)
                self._teller.tell(channel, connector)  # a long pull must not keep a channel selling what is gone
        self._write(channel, note_pulled, channel)

    def _try_again(self, channel: Any, connector: Connector) -> None:
        for paper in self._database.read(lambda tx: papers_to_try(tx, channel.id)):
            self._tried(channel, connector, paper)

    def _fetch(self, channel: Any, connector: Connector) -> None:
        for paper in self._database.read(lambda tx: wanted_papers(tx, channel.id)):
            document = connector.fetch(paper.ref)
            if document is not None:
                self._take(channel, connector, document, is_fresh=True)
            self._write(channel, _note_got, channel, paper, document is not None, self._floor)

    def _ask_for_requests(self, channel: Any, connector: Connector) -> None:
        """What buyers asked the platform to have back."""
        if not isinstance(connector, HearsRefunds):
            return
        for page in connector.asked(channel.asked_until):
            for document in page.documents:
                self._hear_request(channel, connector, document)
            if page.watermark is not None:
                self._write(channel, note_asked, channel.id, page.watermark)

    def _hear_request(self, channel: Any, connector: HearsRefunds, document: Document) -> None:
        """One request in a transaction of its own. One that our own fault keeps out is somebody's to see to, so that the next go on."""
        try:
            self._write(channel, hear_request, channel, connector, document, self._floor)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("a buyer's request of channel %s could not be taken in", channel.code)
            self._write(channel, keep_unread, channel, connector, document, f"{type(error).__name__}: {error}")

    def _tell(self, channel: Any, connector: Connector) -> None:
        for notice in self._database.read(lambda tx: due_notices(tx, channel.id)):
            try:
                if notice.kind == "refund" and isinstance(connector, HearsRefunds):
                    self._pay_back(channel, connector, notice)
                else:
                    _say(connector, notice)
            except ChannelShut:
                raise
            except (ChannelRefused, ChannelDeaf) as error:  # asked again it would say the same
                self._write(channel, note_refused, notice.id, error.words)
            except ChannelError as error:
                self._write(channel, note_later, notice, error.words)
                raise
            else:
                self._write(channel, note_told, notice.id)

    def _pay_back(self, channel: Any, connector: HearsRefunds, notice: Any) -> None:
        """Which request paid it is kept: it pays no other refund, however often either is told."""
        told = notice.payload
        taken = self._database.read(lambda tx: taken_requests(tx, channel.id, notice.ref, notice.id))
        refund = Refund(notice.ref, told["amount"], told["currency"], told["reason"], told.get("request", ""))
        paid = agree_to(connector, refund, taken=taken)
        self._write(channel, note_pays, channel.id, notice.id, paid)

    def _take(self, channel: Any, connector: Connector, document: Document, *, is_fresh: bool) -> Outcome:
        """One document in a transaction of its own. One that our own fault keeps out is kept for later, so that the next go on."""
        take = ring_up if kinds()[channel.kind].sells else take_in
        try:
            return self._taken(channel, lambda tx: take(tx, channel, connector, document, self._floor, is_fresh=is_fresh))
        except Unavailable:
            raise
        except Exception as error:
            log.exception("a document of channel %s could not be taken in", channel.code)
            return self._write(channel, keep_faulty, channel, connector, document, f"{type(error).__name__}: {error}")

    def _tried(self, channel: Any, connector: Connector, paper: int) -> Outcome:
        again = ring_up_again if kinds()[channel.kind].sells else try_paper_again
        return self._taken(channel, lambda tx: again(tx, channel, connector, paper, self._floor))

    def _taken(self, channel: Any, work: Callable[[Tx], Outcome]) -> Outcome:
        return self._database.write(work, actor=_actor(channel), lane=LANE, backlog=True)

    def _write(self, channel: Any, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._database.write(lambda tx: work(tx, *args, **kwargs), actor=_actor(channel), backlog=True)

    def _now(self) -> int:
        return self._database.clock.now()

    def _connector(self, channel: Any) -> Connector:
        """The same as long as the settings are: it remembers tokens and how full the channel's bucket is."""
        told: Mapping[str, Any] = {**channel.settings, **channel.secrets}
        mark = json.dumps([channel.kind, told], sort_keys=True)
        with self._lock:
            known = self._connected.get(channel.id)
            if known is None or known[0] != mark:
                kind, caller = kinds()[channel.kind], Caller(clock=self._clock, folder=self._folder)
                known = (mark, kind.connect(kind.settings(**told), caller), caller)
                self._connected[channel.id] = known
            return known[1]


def _actor(channel: Any) -> Actor:
    return Actor(f"channel {channel.code}")


def _note_got(tx: Tx, channel: Any, paper: Any, is_there: bool, floor: Floor) -> None:
    got(tx, paper, is_there)
    heed(tx, channel, paper.ref, floor)


def _refs(connector: Connector, heard: Heard) -> list[str]:
    """The orders that a paused channel told of: they are asked for when it goes on."""
    refs = []
    for document in heard.documents:
        try:
            refs.append(connector.understand(document).ref)
        except Misunderstood as error:
            log.warning("a paused channel told of an order that cannot be read: %s", error.words)
    return refs


def _note_call(tx: Tx, channel_id: int, refs: list[str]) -> None:
    note_heard(tx, channel_id)
    for ref in refs:
        want(tx, channel_id, ref)


def _say(connector: Connector, notice: Any) -> None:
    told = notice.payload
    if notice.kind == "ship":
        connector.ship(Parcel(ref=notice.ref, tracking=told["tracking"], carrier=told["carrier"], is_whole=told["is_whole"],
                              lines=tuple((ref, quantity) for ref, quantity in told["lines"]), document=notice.document))
    elif notice.kind == "ready":
        if isinstance(connector, TellsReady):
            connector.ready(Ready(ref=notice.ref, code=told["code"], barcode=told["barcode"], until=told["until"]))
    elif notice.kind == "cancel":
        connector.cancel(notice.ref, told["reason"])
    else:
        connector.refund(notice.ref, told["amount"], told["currency"], told["reason"])


def _wait_ms(error: Exception, failures: int) -> int:
    """Longer after each failure in a row, and never for two channels at one moment."""
    if isinstance(error, ChannelBusy):
        return int(error.retry_after_seconds * SECOND) + 1
    longest = _SHUT_MS if isinstance(error, ChannelShut) else min(SECOND * 2 ** min(failures, 20), _WAIT_MAX_MS)
    return int(longest * random.uniform(0.8, 1.2))
