"""A paper is cancelled of which nothing has come: the goods were called off, or it was announced by mistake."""

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.errors import Conflict, Refusal
from server.kernel.transaction import Tx
from server.wms.inbound import InboundRow, gone, hold_inbound, set_inbound_state
from server.wms.tasks import cancel_task

CANCELLABLE = ("asn", "purchase_order")
_CAME = text("SELECT COALESCE(SUM(received), 0) FROM inbound_line WHERE inbound_id = :id")
_TASKS = text("SELECT id FROM task WHERE kind = 'receive' AND document = :code AND state IN ('open', 'leased')")


class PaperBegun(Refusal):
    """Something of a paper has come: what does not is closed short."""

    code = "paper_begun"


def cancel_inbound(tx: Tx, code: str, reason: str) -> InboundRow:
    """Nothing more comes on the paper, and whoever receives it is told so. PaperBegun when something has come, PaperGone when it was cancelled before.

    Whoever receives it waits until this is committed, and then finds it gone; what was received before is seen here.
    """
    paper = hold_inbound(tx, code)
    if paper.kind not in CANCELLABLE:
        raise Conflict(f"{code} is neither an ASN nor a purchase order, and is not cancelled here.", what=code)
    if paper.state == "cancelled":
        raise gone(code)
    if tx.scalar(_CAME, id=paper.id):
        raise PaperBegun(f"Something of {code} has come. Receive it to its end and close it short: what does not come is not waited for then.", document=code)
    if paper.state == "received":
        raise Conflict(f"{code} was closed: nothing more is waited for.", what=code)
    set_inbound_state(tx, paper.id, "cancelled")
    for row in tx.rows(_TASKS, code=code):
        cancel_task(tx, row.id)
    record(tx, "inbound.cancelled", code, old={"state": paper.state}, new={"state": "cancelled"}, reason=reason)
    return paper
