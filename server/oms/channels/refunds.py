"""Money paid back where buyers ask the platform for it: the seller agrees to the request of this amount, once for each refund."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from server.oms.channels.base import Asked, Document, HearsRefunds, Page, RefundRequest
from server.oms.channels.errors import ChannelRefused
from server.oms.channels.money import major

_CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money of an order to be paid back, for a reason of ours; with `request`, as the answer to that request and to no other."""

    ref: str
    amount: int
    currency: str
    reason: str
    request: str = ""


class Requests(Protocol):
    """What the buyers of one shop asked for, as its platform has it."""

    def since(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""

    def of(self, ref: str) -> Sequence[RefundRequest]:
        """Those of one order."""

    def agree(self, request: RefundRequest) -> None:
        """Pays what was asked for."""


class PaysWhenAsked(HearsRefunds):
    """A connector that pays money back by agreeing to what the buyers of its shop asked for."""

    NUMBERS: ClassVar[tuple[tuple[str, ...], tuple[str, ...]]]
    """Where a request has its own number and its order's, by the names from the outside in."""
    _refunds: Requests

    def refund(self, ref: str, amount: int, currency: str, reason: str) -> None:
        """Agrees to what the buyer asked for; refused when nobody asked for that."""
        agree_to(self, Refund(ref, amount, currency, reason))

    def asked(self, since: int) -> Iterator[Page]:
        """All that buyers asked to have back, as it changed from `since` on."""
        return self._refunds.since(since)

    def asked_of(self, ref: str) -> Sequence[RefundRequest]:
        """What was asked for of one order."""
        return self._refunds.of(ref)

    def request_numbers(self, document: Document) -> tuple[str, str]:
        """A request's own number and its order's, as far as either can be read."""
        own, order = self.NUMBERS
        return _at(document, own), _at(document, order)

    def agree(self, request: RefundRequest) -> None:
        """Pays what was asked for."""
        self._refunds.agree(request)


def agree_to(channel: HearsRefunds, refund: Refund, *, taken: Collection[str] = ()) -> tuple[RefundRequest, ...]:
    """The requests that paid this refund, agreed to as far as they were not.

    One of this amount that was paid already counts as this one, unless it is `taken`: it paid another refund. Where there is none, all
    that was asked for together counts: some platforms have a request for each line.
    """
    if refund.currency != _CURRENCY:
        raise ChannelRefused(f"{refund.amount} {refund.currency} for {refund.ref}: this platform pays in {_CURRENCY} only.", code="currency")
    told = channel.asked_of(refund.ref)
    asked = [one for one in told if one.ref not in taken and one.stage in (Asked.OPEN, Asked.PAID)]
    chosen = _chosen([one for one in asked if refund.request in ("", one.ref)], refund.amount)
    if not chosen:
        raise ChannelRefused(_why(refund, told), code="refund")
    for one in chosen:
        if one.stage is Asked.OPEN:
            channel.agree(one)
    return tuple(chosen)


def _at(document: Any, names: Sequence[str]) -> str:
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    return str(document) if isinstance(document, str | int) and not isinstance(document, bool) else ""


def _chosen(asked: Sequence[RefundRequest], amount: int) -> list[RefundRequest]:
    """What was paid counts before what is open: an answer may have been lost."""
    alone = sorted((one for one in asked if one.amount == amount), key=lambda one: (one.stage is not Asked.PAID, one.ref))
    return alone[:1] or (list(asked) if sum(one.amount for one in asked) == amount else [])


def _why(refund: Refund, told: Sequence[RefundRequest]) -> str:
    money = f"{major(refund.amount, _CURRENCY)} {_CURRENCY} for {refund.ref} ({refund.reason})"
    meant = next((one for one in told if one.ref == refund.request), None)
    if meant is not None and meant.stage is not Asked.OVER and meant.amount != refund.amount:
        return f"{money}: the buyer's request {meant.ref} is for {major(meant.amount, _CURRENCY)} {_CURRENCY}. Agree on the amount there."
    if meant is not None and meant.stage is Asked.WAITS:
        return f"{money}: the platform does not let us agree to the buyer's request {meant.ref} yet: the goods are to be on their way back first. Tell it again then."
    if refund.request:
        return f"{money}: the buyer's request {refund.request} is not open any more."
    return f"{money}: the buyer has not asked the platform for this amount, or not yet. Once that is so, tell it again."
