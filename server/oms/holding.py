"""Several orders are held in one sequence, the oldest first, whoever holds them for what: else two wait for one another, and the database ends one of them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx
from server.oms.orders import hold_order, order_by_number

_IN_SEQUENCE = text("SELECT number FROM sales_order WHERE number IN :numbers ORDER BY id").bindparams(bindparam("numbers", expanding=True))
_BOUND = text(
    "WITH root AS (SELECT DISTINCT COALESCE(part_of, id) AS id FROM sales_order WHERE number IN :numbers) "
    "SELECT o.number FROM root CROSS JOIN sales_order o WHERE o.id = root.id "
    "UNION SELECT o.number FROM root CROSS JOIN sales_order o WHERE o.part_of = root.id "
    "UNION SELECT o.number FROM root CROSS JOIN sales_order o WHERE o.merged_into = root.id "
    "UNION SELECT h.number FROM root CROSS JOIN sales_order o CROSS JOIN sales_order h WHERE o.id = root.id AND h.id = o.merged_into"
).bindparams(bindparam("numbers", expanding=True))


def hold_all(tx: Tx, numbers: Collection[str]) -> None:
    """Holds these orders; who holds several does it by this, before anything of them is written and before their goods."""
    if numbers:
        for row in tx.rows(_IN_SEQUENCE, numbers=sorted(numbers)):
            hold_order(tx, row.number)


def hold_bound(tx: Tx, number: str, *others: str) -> Any:
    """An order, held with all that is bound to it (or to `others`): its parts, and the orders that leave together with it. NotFound when there is none.

    What was bound to it while this waited is held as well; after that nothing can be.
    """
    held = set[str]()
    while new := bound(tx, (number, *others)) - held:
        hold_all(tx, new)
        held |= new
    return order_by_number(tx, number)


def bound(tx: Tx, numbers: Collection[str]) -> set[str]:
    """These orders with their parts and with those that they leave together with."""
    return {str(row.number) for row in tx.rows(_BOUND, numbers=sorted(numbers))} if numbers else set()
