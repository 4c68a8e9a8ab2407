"""Times as Chinese platforms write them: to the second, by the clock of Beijing, without saying so."""

from datetime import datetime, timedelta, timezone

from server.kernel.clock import SECOND

_BEIJING = timezone(timedelta(hours=8))
_FORM = "%Y-%m-%d %H:%M:%S"


def beijing_text(at: int) -> str:
    """An instant (ms) as such a platform writes it."""
    return datetime.fromtimestamp(at // SECOND, _BEIJING).strftime(_FORM)


def beijing_instant(text: str) -> int:
    """The instant (ms) that such a text means, wherever this machine stands; ValueError when it is none."""
    return int(datetime.strptime(text, _FORM).replace(tzinfo=_BEIJING).timestamp()) * SECOND
