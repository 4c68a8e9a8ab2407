"""What the orders' side may ask of the warehouse's floor."""

from collections.abc import Mapping
from typing import Any, Protocol

from server.kernel.transaction import Tx


class Floor(Protocol):
    """What the warehouse lets an order be, asked in the same transaction; it refuses what has gone too far."""

    def withdraw(self, tx: Tx, order_number: str) -> None:
        """Nothing more is done for the order; what was picked is put back."""

    def readdress(self, tx: Tx, order_number: str, ship_to: Mapping[str, Any], customer: str) -> None:
        """Parcels go there; refuses when one is packed."""

    def expect_return(self, tx: Tx, number: str, order_number: str, lines: Mapping[int, int]) -> None:
        """Goods of an order come back under this number: quantities by the order's line. Refuses what is not with the customer."""

    def expect_no_more(self, tx: Tx, number: str) -> None:
        """Nothing more is waited for under this number."""

    def spare(self, tx: Tx, holder_id: int, goods_id: int, left: int) -> None:
        """What is kept of goods beyond what is left of them is picked elsewhere."""
