"""What states a label to be printed can be in, and which follows which. The table's CHECKs say the same.

| state | means |
|---|---|
| queued | waits for its printer; no byte of it was sent |
| sending | the printer's odometer is noted, bytes may have gone out |
| sent | all bytes have gone out. With `settled_at` it went to a printer that never answers: nothing more will be known until it is scanned |
| printed | it came out: the odometer or the printer's own status says so |
| verified | its fresh label was scanned: closed |
| held | the printer needs somebody; goes on by itself. With `sent_at` it lies in the printer, which prints it itself |
| unknown | nobody can tell whether it came out: a person is asked, and it is never sent again by itself |
| cancelled | shall not come out any more |
"""

from collections.abc import Mapping

COPIES_MAX = 500
STATES = ("queued", "sending", "sent", "printed", "verified", "held", "unknown", "cancelled")
AFTER: Mapping[str, tuple[str, ...]] = {
    "queued": ("sending", "held", "verified", "cancelled"),
    "sending": ("sent", "printed", "queued", "held", "unknown", "verified"),
    "sent": ("printed", "queued", "held", "unknown", "verified"),
    "held": ("queued", "printed", "unknown", "verified", "cancelled"),
    "unknown": ("printed", "verified", "cancelled"),
    "printed": ("verified",),
    "verified": (),
    "cancelled": (),
}
OPEN = ("queued", "sending", "sent", "held")
IN_PRINTER = "((state IN ('sending', 'sent') AND settled_at IS NULL) OR (state = 'held' AND sent_at IS NOT NULL))"
TO_BE_SENT = "(state = 'queued' OR (state = 'held' AND sent_at IS NULL))"
RULES: Mapping[str, str] = {
    "state": f"state IN ({', '.join(repr(one) for one in STATES)})",
    "copies": f"copies BETWEEN 1 AND {COPIES_MAX}",
    "sent": "state NOT IN ('sending', 'sent', 'printed', 'unknown') OR sent_at IS NOT NULL",
    "not_sent": "state <> 'queued' OR sent_at IS NULL",
    "printed": "state <> 'printed' OR printed_at IS NOT NULL",
    "verified": "state <> 'verified' OR verified_at IS NOT NULL",
    "settled": "settled_at IS NULL OR state IN ('sent', 'verified')",
}
"""The CHECKs of the table, by their names."""


def before(state: str) -> tuple[str, ...]:
    """The states that this one may follow."""
    return tuple(one for one, following in AFTER.items() if state in following)


def open_rule(table: str = "") -> str:
    """As SQL: something is still to be done for the label; `table` is the table's other name in the statement, with its dot."""
    return f"{table}state IN ({listed(OPEN)}) AND {table}settled_at IS NULL"


def listed(states: tuple[str, ...]) -> str:
    """States as SQL writes a list of texts."""
    return ", ".join(f"'{one}'" for one in states)
