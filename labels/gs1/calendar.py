"""Years of two digits."""

from datetime import date


def full_year(two_digits: int, today: date) -> int:
    """The year of a two-digit year: within 49 years back and 50 ahead (GS1 General Specifications 7.12)."""
    year = today.year // 100 * 100 + two_digits
    ahead = two_digits - today.year % 100
    return year - 100 if ahead >= 51 else year + 100 if ahead <= -50 else year
