"""A mini-program's WeChat shop (微信小店): its orders are listed by number and fetched one by one, pushes name an order, money is in fen."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from server.kernel.clock import DAY, SECOND
from server.oms.channels.base import (
    Call,
    ChannelLine,
    ChannelOrder,
    Document,
    Heard,
    Kind,
    Page,
    Parcel,
    Quantity,
    Stage,
)
from server.oms.channels.caller import Caller
from server.oms.channels.discounts import of_the_rest
from server.oms.channels.each import tell_each
from server.oms.channels.errors import (
    ChannelBusy,
    ChannelChanged,
    ChannelError,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
)
from server.oms.channels.fields import first_text, kept, part, rows, text_at, whole
from server.oms.channels.mini_program_gate import QUOTA, MiniProgramSettings, WeChat
from server.oms.channels.mini_program_goods import Goods
from server.oms.channels.mini_program_push import Push
from server.oms.channels.mini_program_refunds import MiniProgramRefunds, read
from server.oms.channels.narrowing import Listed, Narrowing
from server.oms.channels.refunds import PaysWhenAsked

_SIZE = 100
_WINDOW_MS = 7 * DAY - SECOND  # the last one reaches to the end of the present second
_STAGES = {
    # 12 is a gift that nobody has accepted yet, 13 a group that is not full: paid, and not to be sent
    **dict.fromkeys((10, 12, 13), Stage.UNPAID),
    **dict.fromkeys((20, 21), Stage.PAID),
    **dict.fromkeys((30, 100), Stage.SHIPPED),
    **dict.fromkeys((200, 250), Stage.CANCELLED),
}
_BY_EXPRESS = 1
_UNKNOWN = ("不存在", "not exist")


class MiniProgram(PaysWhenAsked):
    """The shop of a mini-program."""

    NUMBERS = ("after_sale_order_id",), ("order_id",)
    understand_request = staticmethod(read)

    def __init__(self, settings: MiniProgramSettings, caller: Caller) -> None:
        self._settings, self._caller = settings, caller
        self._wechat = WeChat(settings.address, settings.app_id, settings.app_secret, caller)
        self._push = Push(settings.push_token, settings.push_key, settings.app_id)
        self._goods = Goods(self._wechat)
        self._refunds = MiniProgramRefunds(self._wechat, self._order)
        self._walk = Narrowing(self._listed, self.fetch, caller.now, _WINDOW_MS)

    def pull(self, since: int) -> Iterator[Page]:
        """All that changed from `since` on."""
        return self._walk.since(since)

    def fetch(self, ref: str) -> Document | None:
        """One order in full."""
        order = self._order(ref)
        return self._shown(order) if order is not None and self._settings.decodes_buyers and _is_hidden(order) else order

    def hear(self, call: Call) -> Heard:
        """An event of an order, in the safe mode; or the trial of the address."""
        return self._push.hear(call, self._caller.now())

    def understand(self, document: Document) -> ChannelOrder:
        """An order read. What was paid back before it left is not sent."""
        ordered, detail, stage = rows(document, "order_detail", "product_infos"), part(document, "order_detail"), _stage(document)
        return ChannelOrder(
            ref=text_at(document, "order_id"), version=whole(document, "update_time") * SECOND, stage=stage,
            placed_at=whole(document, "create_time") * SECOND, lines=tuple(_lines(ordered, is_open=stage is Stage.PAID)),
            buyer=text_at(document, "openid", ""), ship_to=_ship_to(detail), currency="CNY",
            total=_amount(_under(detail, "price_info"), "order_price"), postage=_postage(_under(detail, "price_info")), note=text_at(_under(detail, "ext_info"), "customer_notes", ""))

    def ship(self, parcel: Parcel) -> None:
        """Sends some pieces of an order. Nothing in the call tells it from the same call made before: so WeChat is asked first."""
        now = self._order(parcel.ref)
        if now is None:
            raise ChannelRefused(f"WeChat has no order {parcel.ref}.", code="order_id")
        if parcel.tracking in _trackings(now):
            return
        packed: Counter[tuple[str, str]] = Counter()
        for ref, quantity in parcel.lines:
            packed[_place(ref)] += quantity
        self._wechat.ask("/channels/ec/order/delivery/send", {"order_id": parcel.ref, "delivery_list": [{
            "delivery_id": self._settings.carriers.get(parcel.carrier, parcel.carrier), "waybill_id": parcel.tracking, "deliver_type": _BY_EXPRESS,
            "product_infos": [{"product_id": product, "sku_id": sku, "product_cnt": count} for (product, sku), count in packed.items()]}]})

    def cancel(self, ref: str, reason: str) -> None:
        """Harmless when it is cancelled; otherwise refused: no seller cancels there, a buyer asks for the money back."""
        now = self._order(ref)
        if now is None or _stage(now) is not Stage.CANCELLED:
            raise ChannelRefused(f"{ref} ({reason}): the buyer asks WeChat for it, and the seller agrees there.", code="cancel")

    def set_quantities(self, quantities: Sequence[Quantity]) -> Sequence[tuple[Quantity, ChannelError]]:
        """How much of each item may be sold, wherever it is offered."""
        return tell_each(quantities, self._goods.tell)

    def quantities(self) -> Mapping[str, int]:
        """How much WeChat has of what it sells."""
        return self._goods.quantities()

    def _order(self, ref: str) -> Document | None:
        try:
            said = self._wechat.ask("/channels/ec/order/get", {"order_id": ref})
        except ChannelShut:
            raise
        except ChannelRefused as refusal:
            if any(words in refusal.words.lower() for words in _UNKNOWN):
                return None
            raise
        return kept(part(said, "order", error=ChannelChanged))  # type: ignore[no-any-return]

    def _shown(self, order: Document) -> Document:
        """The same with the buyer in clear, unless WeChat tells of none today any more. To be told again of one costs nothing of its quota."""
        try:
            said = self._wechat.ask("/channels/ec/order/sensitiveinfo/decode", {"order_id": text_at(order, "order_id", error=ChannelChanged)})
        except ChannelRefused:
            return order
        except ChannelBusy as busy:
            if busy.code != QUOTA:
                raise
            return order
        detail = part(order, "order_detail")
        delivery = part(detail, "delivery_info")
        address = {**part(delivery, "address_info"), **part(said, "address_info", error=ChannelChanged)}
        return {**order, "order_detail": {**detail, "delivery_info": {**delivery, "address_info": address}}}

    def _listed(self, first: int, until: int, key: str) -> Listed:
        try:
            return self._asked(first, until, key)
        except ChannelChanged as changed:
            if changed.code != "body":
                raise
            return self._asked(first, until, key)  # half an answer may be an accident

    def _asked(self, first: int, until: int, key: str) -> Listed:
        said = self._wechat.ask("/channels/ec/order/list/get", {
            "update_time_range": {"start_time": first // SECOND, "end_time": (until + SECOND - 1) // SECOND}, "page_size": _SIZE, "next_key": key})
        refs, next_key = said.get("order_id_list"), said.get("next_key")
        if not isinstance(refs, list):
            raise ChannelChanged("order_id_list is no list.", code="order_id_list")
        if said.get("has_more") and not (isinstance(next_key, str) and next_key):
            raise ChannelChanged("There is a next page without a mark (next_key).", code="next_key")
        return Listed([str(ref) for ref in refs], str(next_key) if said.get("has_more") else "")


def _stage(document: Document) -> Stage:
    """How far it is; nothing is left of what was paid back whole before it left."""
    said = whole(document, "status")
    if said not in _STAGES:
        raise Misunderstood(f"status is {said}, which we do not know.", code="status")
    ordered = rows(document, "order_detail", "product_infos")
    is_gone = _STAGES[said] is Stage.PAID and ordered and not any(_left(row) for row in ordered)
    return Stage.CANCELLED if is_gone else _STAGES[said]


def _left(row: Document) -> int:
    """What is to be sent of it: without what was paid back."""
    return max(whole(row, "sku_cnt") - _amount(row, "finish_aftersale_sku_cnt"), 0)


def _lines(ordered: Sequence[Document], *, is_open: bool) -> Iterator[ChannelLine]:
    """Known by product and variant, as parcels have to name them; what an order has twice has a number behind it."""
    seen: Counter[str] = Counter()
    for row in ordered:
        quantity = _left(row) if is_open else whole(row, "sku_cnt")
        place = f"{text_at(row, 'product_id')}:{text_at(row, 'sku_id')}"
        seen[place] += 1
        if quantity or not is_open:
            yield ChannelLine(
                ref=place if seen[place] == 1 else f"{place}:{seen[place]}", item=first_text(row, ("sku_code", "out_sku_id", "sku_id")),
                quantity=quantity, name=text_at(row, "title", ""), price=_amount(row, "sale_price"), paid=_paid(row, quantity))


def _paid(row: Document, quantity: int) -> int | None:
    """What WeChat reckons for all of it after discounts and changes of its price; of what was paid back in part, the rest's share."""
    told = next((whole(row, name) for name in ("real_price", "estimate_price") if row.get(name) is not None), None)
    return None if told is None else of_the_rest(told, whole(row, "sku_cnt"), quantity)


def _postage(price_info: Document) -> int:
    return _amount(price_info, "change_freight" if price_info.get("is_change_freight") else "freight")


def _place(ref: str) -> tuple[str, str]:
    product, _, rest = ref.partition(":")
    return product, rest.partition(":")[0]


def _amount(document: Document, name: str) -> int:
    return whole(document, name) if document.get(name) is not None else 0


def _under(document: Document, name: str) -> Document:
    return part(document, name) if document.get(name) is not None else {}


def _is_hidden(order: Document) -> bool:
    """Whether it is to be sent, and to whom stands behind stars."""
    try:
        return _stage(order) is Stage.PAID and "encrypted" in _ship_to(part(order, "order_detail"))
    except Misunderstood:
        return False


def _phone(at: Document) -> str:
    """The buyer's number, or the one that WeChat lends in its place for a while."""
    own, lent = text_at(at, "tel_number", ""), text_at(_under(at, "tel_number_ext_info"), "virtual_tel_number", "")
    return lent if lent and "*" in own else own


def _ship_to(detail: Document) -> dict[str, str]:
    """Where it goes. WeChat hides the buyer behind stars: `encrypted` says in which fields."""
    at = _under(_under(detail, "delivery_info"), "address_info")
    said = {
        "name": text_at(at, "user_name", ""), "phone": _phone(at), "country": "CN", "state": text_at(at, "province_name", ""),
        "city": text_at(at, "city_name", ""), "district": text_at(at, "county_name", ""),
        "street": text_at(at, "detail_info", "") + text_at(at, "house_number", ""), "postcode": text_at(at, "postal_code", "")}
    hidden = [name for name in ("name", "phone", "street") if "*" in said[name]]
    return said | ({"encrypted": ",".join(hidden)} if hidden else {})


def _trackings(order: Document) -> set[str]:
    """The parcels that WeChat knows of."""
    sent = _under(_under(order, "order_detail"), "delivery_info").get("delivery_product_info")
    return {str(one.get("waybill_id")) for one in sent if isinstance(one, Mapping)} if isinstance(sent, list) else set()


KIND = Kind("mini_program", "WeChat shop of a mini-program", MiniProgramSettings, MiniProgram, quantities_at_once=20)
