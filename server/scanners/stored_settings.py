"""Settings of drivers: frozen dataclasses, kept with a station as JSON, and refused in words where they are wrong."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

_Settings = TypeVar("_Settings")


class ScannerError(Exception):
    """The base of what can go wrong with a scanner; says what, and what to do."""


class WrongSettings(ScannerError):
    """Settings that the driver does not have."""


def settings_of(kind: type[_Settings], given: Mapping[str, Any]) -> _Settings:
    """The settings that a JSON object names; the others as they are by default. WrongSettings names the key and what may be there."""
    hints = get_type_hints(kind)
    allowed = [one.name for one in fields(kind)]  # type: ignore[arg-type]  # every kind is a dataclass
    if not isinstance(given, Mapping):
        raise WrongSettings(f"Settings are a JSON object of {', '.join(allowed)}, not {given!r}.")
    for key in given:
        if key not in allowed:
            raise WrongSettings(f"There is no setting {key!r}. There are: {', '.join(allowed)}.")
    return kind(**{key: _value(key, value, hints[key]) for key, value in given.items()})


def one_of(key: str, value: object, allowed: tuple[object, ...]) -> WrongSettings:
    """The refusal of a value that is not one of a few."""
    return WrongSettings(f"{key} is {value!r}, but must be one of {', '.join(map(str, allowed))}.")


def _value(key: str, value: Any, hint: Any) -> Any:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise one_of(key, value, get_args(hint))
        return value
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise WrongSettings(f"{key} is {value!r}, but must be a list of texts.")
        return tuple(value)
    if get_origin(hint) is not None:
        return _names(key, value)
    kinds = (int, float) if hint is float else (hint,)
    if not isinstance(value, kinds) or (hint is not bool and isinstance(value, bool)):
        raise WrongSettings(f"{key} is {value!r}, but must be {_KINDS[hint]}.")
    return value


def _names(key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for pair in value.items() for one in pair):
        raise WrongSettings(f'{key} is {value!r}, but must be an object of texts, such as {{"10.0.0.21": "dock 1"}}.')
    return dict(value)


_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
