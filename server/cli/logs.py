"""How the server's log looks: a line for people, or a JSON object a line for programs."""

import json
import logging
import sys

from server.kernel.clock import iso

FORMATS = ("human", "json")
_EACH = ("aisle.operations", "aisle.requests")
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Lines(logging.Formatter):
    """One line a record: what a worker scanned may hold line breaks and escapes, and must not write lines of its own."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The record with its extra values."""
        extra = {name: value for name, value in vars(record).items() if name not in _ORDINARY}
        told = {"at": iso(int(record.created * 1000)), "level": record.levelname.lower(), "logger": record.name,
                "text": record.getMessage(), **extra}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        if self._as_json:
            return json.dumps(told, default=str)
        words = " ".join(f"{name}={value}" for name, value in extra.items())
        line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in f"{told['text']} {words}".rstrip())
        return f"{told['at']} {told['level']:<7} {line}" + (f"\n{told['trace']}" if record.exc_info else "")


def log_to_errors(form: str) -> None:
    """Sends everything from information on to standard error; a line for each request and operation only to programs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=form == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("engineio", "socketio", "werkzeug", "alembic", *(() if form == "json" else _EACH)):
        logging.getLogger(name).setLevel(logging.WARNING)
