"""What goods cost in the firm's own catalogue, and who may sell them for another price."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import bindparam, text

from server.kernel.errors import NotAllowed
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.oms.channels.money import major
from server.oms.orders import NewOrderLine

_PRICES = text("SELECT code, price FROM item WHERE code IN :codes AND price IS NOT NULL").bindparams(bindparam("codes", expanding=True))
_ROLES = ("supervisor", "manager", "admin")


def catalogue_prices(tx: Tx, codes: Iterable[str]) -> dict[str, int]:
    """What one of each item costs, in the smallest unit of the warehouse's currency; those without a price are left out."""
    return {row.code: row.price for row in tx.rows(_PRICES, codes=sorted(set(codes)) or [""])}


def may_price(tx: Tx, site_id: int, roles: Collection[str]) -> bool:
    """Whether somebody of these roles may sell for another price than the catalogue's."""
    least = site_settings(tx, site_id).price_changes
    return any(role in roles for role in _ROLES[_ROLES.index(least):])


def guard_prices(tx: Tx, site_id: int, lines: Sequence[NewOrderLine], currency: str, roles: Collection[str]) -> None:
    """NotAllowed where goods are sold for another price than the catalogue's by somebody who may not say it. Nothing is held against an order in other money, or in none."""
    if not currency or currency != site_settings(tx, site_id).currency or may_price(tx, site_id, roles):
        return
    prices = catalogue_prices(tx, (line.item for line in lines))
    for line in lines:
        price = prices.get(line.item, line.price)
        if line.price != price or (line.paid is not None and line.paid < price * line.quantity):
            raise NotAllowed(f"{line.item} costs {major(price, currency)} in the catalogue. Ask somebody who may sell it for another price.")
