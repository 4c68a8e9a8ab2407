"""An order goes only from one state to another where a way leads: the database refuses everything else."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_WAYS = (
    "accepted>released", "accepted>short", "accepted>cancelled", "accepted>merged", "released>accepted", "released>partly_shipped", "released>shipped",
    "released>short", "released>cancelled", "released>merged", "partly_shipped>shipped", "partly_shipped>released", "shipped>partly_shipped",
    "shipped>released", "short>released", "merged>accepted",
)
_LISTED = ", ".join(f"'{way}'" for way in _WAYS)
_WRONG = f"(OLD.state || '>' || NEW.state) NOT IN ({_LISTED})"


def upgrade() -> None:
    """Brings the tables up by one step."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER sales_order_state BEFORE UPDATE OF state ON sales_order WHEN NEW.state <> OLD.state AND {_WRONG} "
                   "BEGIN SELECT RAISE(ABORT, 'an order does not go from that state to this one'); END")
        return
    op.execute("CREATE FUNCTION refuse_order_state() RETURNS trigger AS $$ BEGIN "
               "RAISE EXCEPTION 'an order does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation'; END $$ LANGUAGE plpgsql")
    op.execute(f"CREATE TRIGGER sales_order_state BEFORE UPDATE OF state ON sales_order FOR EACH ROW WHEN (NEW.state <> OLD.state AND {_WRONG}) "
               "EXECUTE FUNCTION refuse_order_state()")


def downgrade() -> None:
    """Takes the step back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER sales_order_state")
        return
    op.execute("DROP TRIGGER sales_order_state ON sales_order")
    op.execute("DROP FUNCTION refuse_order_state()")
