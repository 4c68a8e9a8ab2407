"""What the orders' side may ask of the floor."""

from collections.abc import Mapping
from typing import Any

from server.kernel.transaction import Tx
from server.wms.counting import free_beyond
from server.wms.readdressing import readdress
from server.wms.return_papers import end_papers, put_papers
from server.wms.withdrawing import withdraw


class OrderFloor:
    """Asked in the transaction of who asks; it refuses what has gone too far."""

    def withdraw(self, tx: Tx, order_number: str) -> None:
        """Nothing more is done for the order; what was picked is put back."""
        withdraw(tx, order_number)

    def readdress(self, tx: Tx, order_number: str, ship_to: Mapping[str, Any], customer: str) -> None:
        """Parcels go there; refuses when one is packed."""
        readdress(tx, order_number, ship_to, customer)

    def expect_return(self, tx: Tx, number: str, order_number: str, lines: Mapping[int, int]) -> None:
        """Goods of an order come back under this number: quantities by the order's line. Refuses what is not with the customer."""
        put_papers(tx, number, order_number, lines)

    def expect_no_more(self, tx: Tx, number: str) -> None:
        """Nothing more is waited for under this number."""
        end_papers(tx, number)

    def spare(self, tx: Tx, holder_id: int, goods_id: int, left: int) -> None:
        """What is kept of goods beyond what is left of them is picked elsewhere."""
        free_beyond(tx, holder_id, goods_id, left)


FLOOR = OrderFloor()
