"""An order that goes to another address is looked at anew: what held it for the old one may be over."""

from dataclasses import replace
from typing import Any

from server.kernel.audit import record
from server.kernel.transaction import Tx
from server.oms.changing import let_go
from server.oms.channels.base import Stage
from server.oms.checking import findings_of, keep_findings, look_over
from server.oms.checks.findings import Finding
from server.oms.checks.receiver import Checked
from server.oms.exceptions.kinds import kind_of_finding
from server.oms.orders import CHECK, NewOrderLine
from server.oms.papers import paper_of_order
from server.oms.parts import whole_lines


def look_over_again(tx: Tx, order: Any, checked: Checked, customer: str, *, reason: str, is_hint: bool = False) -> None:
    """An order that was held for what was found in it is let go if that is over and nothing else holds it."""
    lines = [NewOrderLine(item=line.row.item, quantity=line.quantity) for line in whole_lines(tx, order)]
    checked = replace(checked, findings=(*checked.findings, *_of_price(tx, order.id)))
    looked = look_over(tx, order.site_id, checked, customer=customer, lines=lines, order_id=order.id, is_hint=is_hint)
    if not keep_findings(tx, order.id, looked) and order.hold == CHECK:
        left = unpaid(tx, order.id)
        let_go(tx, order.number, left)
        record(tx, "order.let_go", order.number, old={"hold": order.hold}, new={"hold": left}, reason=reason)


def unpaid(tx: Tx, order_id: int) -> str:
    """Its platform may have stopped it while it was held."""
    paper = paper_of_order(tx, order_id)
    return "payment" if paper is not None and paper.stage < Stage.PAID else ""


def _of_price(tx: Tx, order_id: int) -> list[Finding]:
    """What was found in its prices stays: they are its channel's."""
    return [Finding(code=row.code, field=row.field, words=row.words, severity=row.severity) for row in findings_of(tx, order_id)
            if kind_of_finding(row.code) == "price"]
