"""What Taobao's buyers want back: listed by time, known of an order by its lines' latest requests, and agreed to.

Known from documents and SDKs: the list cannot be asked by trade; a line of a trade names its latest request; an agreement has the amount in
fen and the version that was read, for Tmall the phase too, after a review. Only a sub-account may agree, of limited amounts a day, and
larger ones want a code that comes to the seller's telephone: TOP refuses then, and says so. Not certain: how far back the list reaches at once.
"""

from collections.abc import Callable, Iterator, Sequence

from server.kernel.clock import DAY, MINUTE, SECOND
from server.oms.channels.base import Asked, Document, Page, RefundRequest
from server.oms.channels.errors import ChannelChanged, ChannelRefused
from server.oms.channels.fields import beijing, fen_of_yuan, kept, part, rows, text_at, whole
from server.oms.channels.times import beijing_text
from server.oms.channels.windows import Slice, Windows

_SIZE = 100
_LISTED = "refund_id,tid,oid,status,created,modified,refund_fee,has_good_return,reason,order_status,refund_phase"
_FIELDS = f"{_LISTED},num,refund_version"
_OVER = frozenset({"CLOSED", "SELLER_REFUSE_BUYER"})
_TMALL = "B"
_GOOD = "OP_SUCC"


class TaobaoRefunds:
    """The requests of one shop; `ask` asks a method of TOP."""

    def __init__(self, ask: Callable[..., Document], now: Callable[[], int]) -> None:
        self._ask = ask
        self._is_tmall: bool | None = None
        self._windows = Windows(self._page, now, lambda row: str(row.get("refund_id", id(row))), window_ms=DAY - MINUTE, size=_SIZE)

    def since(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._windows.since(since)

    def of(self, ref: str) -> list[RefundRequest]:
        """The latest of each line."""
        said = self._ask("taobao.trade.fullinfo.get", tid=ref, fields="tid,orders.oid,orders.refund_id,orders.refund_status")
        lines = rows(part(said, "trade", error=ChannelChanged), "orders", "order", error=ChannelChanged)
        numbers = [number for line in lines if (number := text_at(line, "refund_id", "")) not in ("", "0")]
        return [read(self._get(number)) for number in dict.fromkeys(numbers)]

    def agree(self, request: RefundRequest) -> None:
        """As it is now: what has changed since it was read is refused here, and by TOP for its version."""
        now = self._get(request.ref)
        if read(now).stage is not Asked.OPEN or read(now).amount != request.amount:
            raise ChannelRefused(f"Request {request.ref} is not open for {request.amount} fen any more.", code="refund")
        version, phase = text_at(now, "refund_version", error=ChannelChanged), text_at(now, "refund_phase", "onsale")
        infos = f"{request.ref}|{request.amount}|{version}"
        if self._tmall():
            self._ask("taobao.rp.refund.review", refund_id=request.ref, operator="Aisle", refund_phase=phase, refund_version=version,
                      result="true", message="同意")
            infos += f"|{phase}"
        _guard(self._ask("taobao.rp.refunds.agree", refund_infos=infos))

    def _get(self, number: str) -> Document:
        said = self._ask("taobao.refund.get", refund_id=number, fields=_FIELDS)
        return kept(part(said, "refund", error=ChannelChanged))  # type: ignore[no-any-return]

    def _tmall(self) -> bool:
        if self._is_tmall is None:
            seller = part(self._ask("taobao.user.seller.get", fields="user_id,type"), "user", error=ChannelChanged)
            self._is_tmall = text_at(seller, "type", "") == _TMALL
        return self._is_tmall

    def _page(self, first: int, until: int, page: int) -> Slice:
        said = self._ask(
            "taobao.refunds.receive.get", fields=_LISTED, start_modified=beijing_text(first), end_modified=beijing_text(until + SECOND - 1),
            page_no=str(page + 1), page_size=str(_SIZE), use_has_next="false")
        total = whole(said, "total_results", error=ChannelChanged)
        # of nothing TOP writes no list at all
        found: Sequence[Document] = rows(said, "refunds", "refund", error=ChannelChanged) if total > page * _SIZE else []
        return Slice([kept(row) for row in found], total)


def read(document: Document) -> RefundRequest:
    """A request read. What wants the goods sent back first is open when they are on their way."""
    said, is_return = text_at(document, "status"), document.get("has_good_return") in (True, "true")
    is_open = said == "WAIT_SELLER_CONFIRM_GOODS" or (said == "WAIT_SELLER_AGREE" and not is_return)
    stage = Asked.PAID if said == "SUCCESS" else Asked.OVER if said in _OVER else Asked.OPEN if is_open else Asked.WAITS
    return RefundRequest(
        ref=text_at(document, "refund_id"), order_ref=text_at(document, "tid"), version=beijing(document, "modified"), stage=stage,
        amount=fen_of_yuan(document, "refund_fee"), lines=((text_at(document, "oid"), _pieces(document)),), is_return=is_return,
        reason=text_at(document, "reason", ""), document=document)


def _pieces(document: Document) -> int:
    """What is asked for before goods leave is a whole line; the list does not say how many pieces."""
    return whole(document, "num") if document.get("num") is not None and document.get("has_good_return") in (True, "true") else 0


def _guard(said: Document) -> None:
    """TOP answers well even where it has not paid: each result says so, and the whole has a code."""
    each = said.get("results")
    results = rows(said, "results", "refund_mapping_result", error=ChannelChanged) if isinstance(each, dict) else []
    refused = [one for one in results if one.get("succ") not in (True, "true")]
    code = text_at(said, "msg_code", _GOOD)
    if refused or code != _GOOD or said.get("succ") in (False, "false"):
        words = text_at(refused[0], "message", "") if refused else ""
        raise ChannelRefused(f"Taobao did not pay: {words or text_at(said, 'message', '') or code}", code=code)
