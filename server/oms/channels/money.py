"""Amounts as channels write them ("19.90") and as we keep them: whole numbers of a currency's smallest unit, never floats."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_PLACES = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_USUAL_PLACES = 2
_AMOUNT_MAX = 10**15


def places(currency: str) -> int:
    """How many digits stand behind the point in this currency (ISO 4217)."""
    return _PLACES.get(currency.upper(), _USUAL_PLACES)


def minor(amount: str | int, currency: str) -> int:
    """An amount in the currency's smallest unit, half of one rounded away from zero; ValueError when it is none."""
    try:
        exact = Decimal(amount.strip() if isinstance(amount, str) else amount)
    except InvalidOperation as error:
        raise ValueError(f"{str(amount)[:40]!r} is no amount.") from error
    if not exact.is_finite() or abs(exact) > _AMOUNT_MAX:
        raise ValueError(f"{str(amount)[:40]!r} is no amount.")
    return int(exact.scaleb(places(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def major(amount: int, currency: str) -> str:
    """The same as channels write it: 1990 is "19.90" in euros and "1990" in yen."""
    digits = places(currency)
    whole, part = divmod(abs(amount), 10**digits)
    return f"{'-' if amount < 0 else ''}{whole}" + (f".{part:0{digits}d}" if digits else "")


def shared(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount shared in proportion to these weights, in whole units that sum to it exactly: what is over goes where most was cut off."""
    parts = [max(weight, 0) for weight in weights]
    whole = sum(parts)
    if not whole:
        parts, whole = [1] * len(parts), len(parts)
    shares = [abs(amount) * part // whole for part in parts]
    most_cut = sorted(range(len(parts)), key=lambda at: -(abs(amount) * parts[at] % whole))
    for at in most_cut[:abs(amount) - sum(shares)]:
        shares[at] += 1
    return shares if amount >= 0 else [-one for one in shares]
