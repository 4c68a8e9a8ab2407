"""What an ordinary day may leave behind that is not as it should be."""

from sqlalchemy import text

from server.kernel.database import Database

FREE = "(SELECT COALESCE(MAX(id), 0) + 1000 FROM {})"
EVENT = f"INSERT INTO outbox (id, kind, payload, at, dispatched) VALUES ({FREE.format('outbox')}, 'order.shipped', '{{}}', 1, 1) RETURNING id"
GAVE_UP = ("INSERT INTO delivery (id, outbox_id, consumer, state, attempts, error) "
           f"VALUES ({FREE.format('delivery')}, :outbox, 'labels', 'dead', 12, 'the printer is gone')")


def gave_up(database: Database) -> None:
    """A consumer has tried an event twelve times in vain: I12 does not hold."""
    database.write(lambda tx: tx.execute(text(GAVE_UP), {"outbox": tx.scalar(text(EVENT))}))


def forgiven(database: Database) -> None:
    database.write(lambda tx: tx.execute(text("DELETE FROM delivery WHERE state = 'dead'")))
