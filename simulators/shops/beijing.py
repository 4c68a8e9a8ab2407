"""What the Chinese platforms that we play have in common: Beijing's clock, and money written in yuan."""

from datetime import UTC, datetime, timedelta

_EIGHT_HOURS = timedelta(hours=8)
TEN_MINUTES_MS = 600_000
PLAYED = "played"
"""Each secret of a shop that was told none."""


def written(ms: int) -> str:
    """An instant as Beijing's clocks show it."""
    return (datetime.fromtimestamp(ms // 1000, UTC) + _EIGHT_HOURS).strftime("%Y-%m-%d %H:%M:%S")


def meant(words: str) -> int | None:
    """The instant in ms of "yyyy-MM-dd HH:mm:ss" (Beijing), also with slashes, or with a fraction and a zone; None for others."""
    words = words.strip().replace("/", "-").replace("T", " ")
    for form, shift in (("%Y-%m-%d %H:%M:%S", _EIGHT_HOURS), ("%Y-%m-%d %H:%M:%S.%f", _EIGHT_HOURS)):
        try:
            return _ms(datetime.strptime(words, form).replace(tzinfo=UTC) - shift)
        except ValueError:
            continue
    for form in ("%Y-%m-%d %H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S%z"):
        try:
            return _ms(datetime.strptime(words, form).astimezone(UTC))
        except ValueError:
            continue
    return None


def yuan(fen: int) -> str:
    """Fen as yuan with two digits behind the point."""
    return f"{fen // 100}.{fen % 100:02d}"


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
