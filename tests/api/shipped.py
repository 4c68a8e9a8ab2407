"""Orders that have left, written as they stand afterwards, for what asks only how they stand."""

from sqlalchemy import text

from server.events import GoodsReturned
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.oms.return_counting import on_goods_returned

HOME = {"name": "Erika Mustermann", "street": "Heidestraße 17", "postcode": "51147", "city": "Köln", "country": "DE", "phone": "+49 221 4710815"}
_LINES = text("UPDATE sales_order_line SET shipped = quantity WHERE order_id = (SELECT id FROM sales_order WHERE number = :number)")
_ORDER = [text(f"UPDATE sales_order SET state = '{state}', hold = '' WHERE number = :number") for state in ("released", "shipped")]
_RELEASE = text("INSERT INTO release (code, order_number, site_id, ship_to, state, created_at, shipped_at) VALUES (:number, :number, :site, '{}', 'shipped', :at, :at) RETURNING id")
_RELEASE_LINES = text(
    "INSERT INTO release_line (release_id, number, item_id, owner_id, ordered, allocated, picked, packed, shipped) "
    "SELECT :release, l.number, l.item_id, l.owner_id, l.quantity, l.quantity, l.quantity, l.quantity, l.quantity FROM sales_order_line l "
    "JOIN sales_order o ON o.id = l.order_id WHERE o.number = :number")


def shipped(tx, site_id, ref, lines=(("SOAP", 3),), *, price=1990, ship_to=HOME, customer="Erika Mustermann", channel="shop", left=True):
    """An order's number; it left just now, or waits to be handed over."""
    number = accept_order(tx, NewOrder(
        channel=channel, channel_ref=ref, site_id=site_id, customer=customer, ship_to=ship_to, hold="unpaid", currency="EUR",
        lines=[NewOrderLine(item=item, quantity=quantity, price=price, ref=str(at)) for at, (item, quantity) in enumerate(lines, 1)])).number
    if left:
        tx.execute(_LINES, {"number": number})
        for step in _ORDER:
            tx.execute(step, {"number": number})
        release = tx.scalar(_RELEASE, number=number, site=site_id, at=tx.now)
        tx.execute(_RELEASE_LINES, {"release": release, "number": number})
    return number


def came_back(tx, number, paper, quantity=1, grade="RESTOCK", line=1):
    """What the floor would tell of one grade that was scanned."""
    item = tx.scalar(text("SELECT l.item_id FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.number = :n AND l.number = :l"), n=number, l=line)
    return on_goods_returned(tx, GoodsReturned(number, line, item, quantity, grade, paper))
