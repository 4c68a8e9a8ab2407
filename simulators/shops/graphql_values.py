"""Values that are given in GraphQL: whether they are of the type that is wanted, and why not."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulators.shops.graphql_reader import Operation, Variable
from simulators.shops.graphql_tokens import GraphQLError, Word
from simulators.shops.graphql_types import Types

Problem = tuple[list[Any], str]
"""Where in a value, and what is wrong there."""
_INT_MAX = 2**31
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_GID = re.compile(r"gid://shopify/\w+/.+")


def given(operation: Operation, variables: Mapping[str, Any], types: Types) -> dict[str, Any]:
    """The variables of an operation, each as its type has it; GraphQLError for one that is wrong or missing."""
    told = {}
    for one in operation.variables.values():
        if one.name not in variables and one.has_default:
            told[one.name] = typed(one.default, one.type, types)
            continue
        value = variables.get(one.name)
        if problems := [*_wrong(value, one.type, types, is_written=False)]:
            told_of = [f"{'.'.join(map(str, path))} ({words})" for path, words in problems if path]
            raise GraphQLError(f"Variable ${one.name} of type {one.type} was provided invalid value" + (f" for {', '.join(told_of)}" if told_of else ""), "INVALID_VARIABLE",
                               at=one.at, value=value, problems=[{"path": path, "explanation": words} for path, words in problems])
        if one.name in variables:
            told[one.name] = typed(value, one.type, types)
    return told


def typed(value: Any, what: str, types: Types) -> Any:
    """A value as its type has it: one thing where several may be is a list of it."""
    what = what.removesuffix("!")
    if value is None:
        return None
    if what.startswith("["):
        return [typed(one, what[1:-1], types) for one in (value if isinstance(value, list) else [value])]
    takes = types.inputs.get(what)
    return {name: typed(one, takes.get(name, "JSON"), types) for name, one in value.items()} if takes is not None and isinstance(value, Mapping) else value


def is_literal_of(value: Any, what: str, types: Types) -> bool:
    """Whether a value that stands in the document, not in an input object, may be of a type; what a variable holds is seen later."""
    what = what.removesuffix("!")
    if value is None or isinstance(value, Variable):
        return True
    if what.startswith("["):
        return all(is_literal_of(one, what[1:-1], types) for one in (value if isinstance(value, list) else [value]))
    return isinstance(value, dict) if what in types.inputs else not [*_wrong(value, what, types, is_written=True)]


def shown(value: Any) -> str:
    """A value as a document writes it."""
    if isinstance(value, Variable):
        return f"${value.name}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {shown(one)}" for name, one in value.items()) + "}"
    return str(value) if isinstance(value, Word) else json.dumps(value, ensure_ascii=False)


def _wrong(value: Any, what: str, types: Types, *, is_written: bool) -> Iterator[Problem]:
    """A value that is written in a document has no quotes where it is of an enum."""
    if value is None:
        yield from [([], "Expected value to not be null")] if what.endswith("!") else []
        return
    what = what.removesuffix("!")
    if what.startswith("["):
        for place, one in enumerate(value if isinstance(value, list) else [value]):
            yield from (([place, *path], words) for path, words in _wrong(one, what[1:-1], types, is_written=is_written))
    elif what in types.inputs:
        yield from _wrong_in(value, what, types)
    elif what in types.enums:
        if value not in types.enums[what] if isinstance(value, str) and (isinstance(value, Word) or not is_written) else True:
            yield [], f"Expected {shown(value)} to be one of: {', '.join(types.enums[what])}"
    elif what == "ID" and isinstance(value, str) and not isinstance(value, Word) and not _GID.fullmatch(value):
        yield [], f"Invalid global id '{value}'"
    elif not _is_scalar(value, what):
        yield [], f"Could not coerce value {shown(value)} to {what}"


def _wrong_in(value: Any, what: str, types: Types) -> Iterator[Problem]:
    takes = types.inputs[what]
    if not isinstance(value, Mapping):
        yield [], f"Expected {shown(value)} to be a key-value object."
        return
    for name in value:
        if name not in takes:
            yield [name], f"Field is not defined on {what}"
    for name, wanted in takes.items():
        if name in value or wanted.endswith("!"):
            yield from (([name, *path], words) for path, words in _wrong(value.get(name), wanted, types, is_written=False))


def _is_scalar(value: Any, what: str) -> bool:
    if isinstance(value, bool | Word | list | dict):
        return what == "JSON" or (what == "Boolean" and isinstance(value, bool))
    if isinstance(value, str):
        return _is_text_of(value, what)
    if what == "Int":
        return float(value).is_integer() and -_INT_MAX <= value < _INT_MAX
    return what in ("JSON", "Float", "Decimal", "Money") or (isinstance(value, int) and what in ("ID", "UnsignedInt64"))


def _is_text_of(value: str, what: str) -> bool:
    if what in ("Decimal", "Money", "UnsignedInt64"):
        return bool(_NUMBER.fullmatch(value))
    return bool(_DATE.fullmatch(value)) if what == "DateTime" else what not in ("Int", "Float", "Boolean")
