"""An order on the floor goes to another address: as long as no parcel of it carries a label."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.wms.releases import hold_release

_OF_ORDER = text("SELECT id FROM release WHERE order_number = :order_number AND state <> 'cancelled' ORDER BY id")
_PARCELS = text("SELECT COUNT(*) FROM carton WHERE release_id = :id")
_ADDRESS = text("UPDATE release SET ship_to = :ship_to, customer = :customer WHERE id = :id").bindparams(bindparam("ship_to", type_=JSON))


class PackedAlready(Refusal):
    """A parcel of the order has its label, with the address that was known then."""

    code = "packed_already"


def readdress(tx: Tx, order_number: str, ship_to: Mapping[str, Any], customer: str) -> None:
    """All that is still to be packed of an order goes there; PackedAlready when a parcel of it is packed."""
    for one in tx.rows(_OF_ORDER, order_number=order_number):
        release = hold_release(tx, one.id)
        if tx.scalar(_PARCELS, id=release.id):
            raise PackedAlready(f"A parcel of {order_number} is packed and labelled. Open it again first, or stop it at the door.",
                                order=order_number)
        tx.execute(_ADDRESS, {"id": release.id, "ship_to": dict(ship_to), "customer": customer})
