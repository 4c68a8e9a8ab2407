"""What becomes of papers that were announced."""

from server.wms.inbound import close_lines, inbound_by_code, set_inbound_state


def close_short(tx, code):
    """Nothing more of it comes."""
    paper = inbound_by_code(tx, code)
    close_lines(tx, paper.id, "not_delivered")
    set_inbound_state(tx, paper.id, "received")
