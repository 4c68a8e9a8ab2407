"""What stands on a return's label: the warehouse that it goes to, the order, and whose it is."""

from typing import Any

from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import sites
from server.oms.orders import order_by_number

_LINES_OF_NAME = 128


def label_values(tx: Tx, rma: Any) -> dict[str, Any]:
    """The values of the template return_label."""
    order = order_by_number(tx, rma.order_number)
    name, address = where_to(tx, rma.site_id)
    return {"code": rma.number, "to_name": name[:_LINES_OF_NAME], "to_address": address, "order": order.number,
            "customer": str(order.ship_to.get("name") or order.customer)}


def where_to(tx: Tx, site_id: int) -> tuple[str, str]:
    """The name and the address of a warehouse, as far as it said one."""
    site = next(row for row in sites(tx) if row.id == site_id)
    return str(site.name), site_settings(tx, site_id).return_address
