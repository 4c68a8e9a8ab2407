"""Every sentence that the sources can say to a person, as templates: read out of the code, so that none can be forgotten.

A sentence is the first argument of one of our exceptions, the "what" of a place that is wrong, or what TOLD names.
Values in it are {places}. A conditional in it makes two sentences; a constant, a parameter or a helper of the same
module that brings words of its own is followed.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path

from printers.errors import PrinterFault

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("server", "printers", "labels/pictures", "labels/starting_point.py")
LEFT_OUT = ("server/cli/", "server/kernel/migrations/", *(f"server/kernel/{name}.py" for name in ("dump", "given_up", "sqlite_files", "statements", "tables")))
"""What only somebody at the command line reads."""
NOT_FOR_PEOPLE = {"AssertionError", "TypeError", "Refused", "NotAsUsual", "_OpReused", "Ended"}
"""Faults of our own code, and those whose argument is a code with a message of its own."""
TOLD = {"ask_about": 2, "again_or_ask": 2, "problem": 2, "_problem": 2, "note_error": 0, "_note_missing": 2, "Limits": 2, "Rubbish": 1, "NotDrawn": 1}
"""What tells a person the argument at this place, though it is no exception or has something else before it."""
TOLD_BY_NAME = {"Rubbish": "what", "Condition": "error", "Done": "refused", "Finding": "words", "Matter": "words", "record": "reason", "take_step": "reason", "cancel_order": "reason", "NewReturn": "note", "_not_done": "words"}
"""What tells a person the argument of this name."""
TOLD_BY_DEFAULT = "sentence"
"""A parameter of this name says its default."""
TABLES = {"_TITLES", "_WHAT_TO_DO"}
"""Dictionaries of sentences."""
BUILT_IN = {"Exception", "ValueError", "RuntimeError"}
MOST = 64


@dataclass(frozen=True)
class Sentence:
    """One template and where it stands."""

    template: str
    path: str
    line: int


@dataclass
class Module:
    """One file of source, and what can be looked up in it."""

    path: str
    tree: ast.Module
    house: "House"

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """What is assigned at the top."""
        found: dict[str, ast.expr] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                found[node.target.id] = node.value
        return found

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in it."""
        return list(self.inside)

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        """Functions and methods by name."""
        return {node.name: node for node in self.nodes if isinstance(node, ast.FunctionDef)}

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call."""
        return [node for node in self.nodes if isinstance(node, ast.Call)]

    @cached_property
    def inside(self) -> dict[ast.AST, ast.FunctionDef | ast.AsyncFunctionDef | None]:
        """The innermost function around each node."""
        found: dict[ast.AST, ast.FunctionDef | ast.AsyncFunctionDef | None] = {}
        left: list[tuple[ast.AST, ast.FunctionDef | ast.AsyncFunctionDef | None]] = [(self.tree, None)]
        while left:
            node, function = left.pop()
            found[node] = function
            within = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
            left.extend((below, within) for below in ast.iter_child_nodes(node) if not isinstance(below, ast.expr_context | ast.operator))
        return found


@dataclass
class House:
    """All modules, and which classes of theirs are exceptions."""

    modules: list[Module] = field(default_factory=list)

    @cached_property
    def exceptions(self) -> set[str]:
        """Names of classes that are raised and speak."""
        bases = {node.name: [_name(base) for base in node.bases] for module in self.modules for node in module.nodes if isinstance(node, ast.ClassDef)}
        found = set(BUILT_IN)
        while more := {name for name, above in bases.items() if name not in found and found.intersection(above)}:
            found |= more
        return found - NOT_FOR_PEOPLE


def read_house() -> House:
    """The sources as they are."""
    house = House()
    for room in ROOMS:
        top = ROOT / room
        for path in sorted(top.rglob("*.py")) if top.is_dir() else [top]:
            where = path.relative_to(ROOT).as_posix()
            if not where.startswith(LEFT_OUT):
                house.modules.append(Module(where, ast.parse(path.read_text(encoding="utf-8")), house))
    return house


def sentences(house: House) -> Iterator[Sentence]:
    """All of them, in the order of the sources."""
    for fault in _kinds_of(PrinterFault):
        yield Sentence(f"The printer at {{where}} {fault.what}. {fault.to_do}", "printers/errors.py", 0)
    for module in house.modules:
        for node in module.nodes:
            for said in _said(node, house):
                for template in sorted(Reader(module).templates(said)):
                    if any(one.isalpha() for one in _words(template)):
                        yield Sentence(_told_apart(template), module.path, said.lineno)


def _kinds_of(kind: type[PrinterFault]) -> list[type[PrinterFault]]:
    """Their sentences are made of two attributes each, which no call shows."""
    return [kind, *(one for below in kind.__subclasses__() for one in _kinds_of(below))]


def _said(node: ast.AST, house: House) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return [value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant) and key.value == "what"]
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and TABLES.intersection(_assigned(node)):
        return node.value.values
    if isinstance(node, ast.arguments):
        having_defaults = node.args[len(node.args) - len(node.defaults):]
        return [value for one, value in zip(having_defaults, node.defaults, strict=True) if one.arg == TOLD_BY_DEFAULT]
    if not isinstance(node, ast.Call):
        return []
    name = _name(node.func)
    place = TOLD.get(name, 0 if name in house.exceptions else None)
    by_name = [one.value for one in node.keywords if one.arg is not None and one.arg == TOLD_BY_NAME.get(name)]
    return [*by_name, *(node.args[place:place + 1] if place is not None else [])]


class Reader:
    """Reads what an expression can say."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def templates(self, node: ast.expr, depth: int = 0) -> set[str]:
        """Its templates; a {place} where only a running server knows the words."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return {node.value.replace("{", "{{").replace("}", "}}")}
        if branches := _branches(node):
            return set().union(*(self.templates(one, depth) for one in branches))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined([self.templates(node.left, depth), self.templates(node.right, depth)])
        if isinstance(node, ast.JoinedStr):
            return self._joined([self._part(part, depth) for part in node.values])
        if depth < 4 and (followed := self._followed(node, depth + 1)):
            return followed
        return {"{" + place_name(node) + "}"}

    def _part(self, part: ast.expr, depth: int) -> set[str]:
        if not isinstance(part, ast.FormattedValue):
            return self.templates(part, depth)
        if isinstance(part.value, ast.Constant):
            return {str(part.value.value)}
        found = self.templates(part.value, depth)
        has_words = all(" " in _words(one) or not one for one in found) or (isinstance(part.value, ast.IfExp) and any(_words(one) for one in found))
        return found if has_words and len(found) <= MOST // 8 else {"{" + place_name(part.value) + "}"}

    def _joined(self, parts: list[set[str]]) -> set[str]:
        return set(list(map("".join, product(*map(sorted, parts))))[:MOST])

    def _followed(self, node: ast.expr, depth: int) -> set[str]:
        """What a name or a helper stands for, where that brings words."""
        found: set[str] = set()
        for one in self._meant(node):
            found |= self.templates(one, depth)
        return {one for one in found if _words(one).strip()}

    def _meant(self, node: ast.expr) -> Iterator[ast.expr]:
        function = self.module.inside.get(node)
        if isinstance(node, ast.Name):
            if function is not None and node.id in (names := [one.arg for one in function.args.args]):
                yield from self._given(function.name, names.index(node.id), node.id)
            elif function is not None:
                yield from (one.value for one in ast.walk(function) if node.id in _assigned(one))
            if node.id in self.module.constants:
                yield self.module.constants[node.id]
        elif isinstance(node, ast.Call) and (called := self.module.functions.get(_name(node.func))) is not None:
            yield from (one.value for one in ast.walk(called) if isinstance(one, ast.Return) and one.value is not None)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and isinstance(table := self.module.constants.get(node.value.id), ast.Dict):
            yield from table.values
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and isinstance(node.func.value, ast.Name):
            table = self.module.constants.get(node.func.value.id)
            yield from [*(table.values if isinstance(table, ast.Dict) else []), *node.args[1:]]

    def _given(self, function: str, place: int, name: str) -> Iterator[ast.expr]:
        """What callers in this module give for a parameter."""
        for call in self.module.calls:
            if _name(call.func) == function:
                at = place - 1 if isinstance(call.func, ast.Attribute) else place
                yield from call.args[at:at + 1] if at >= 0 else []
                yield from (one.value for one in call.keywords if one.arg == name)


def _assigned(node: ast.AST) -> list[str]:
    """The names that a statement or a walrus gives its value to."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.NamedExpr) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _branches(node: ast.expr) -> list[ast.expr]:
    """What an expression is one of."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) else []


def place_name(node: ast.expr) -> str:
    """A word for a value in a sentence."""
    name = "value"
    match node:
        case ast.Name():
            name = node.id
        case ast.Attribute():
            name = node.attr
        case ast.Constant():
            name = str(node.value)
        case ast.Subscript():
            name = place_name(node.slice if isinstance(node.slice, ast.Constant) and str(node.slice.value).isidentifier() else node.value)
        case ast.Call():
            name = place_name(node.args[-1] if node.args else node.func)
        case ast.BoolOp():
            name = place_name(node.values[0])
        case ast.BinOp():
            name = place_name(node.left)
    return name.strip("_").lower() if name.isidentifier() else "value"


def _told_apart(template: str) -> str:
    """No two places of a sentence with one name."""
    seen: dict[str, int] = {}

    def named(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        seen[found[1]] = seen.get(found[1], 0) + 1
        return "{" + found[1] + (str(seen[found[1]]) if seen[found[1]] > 1 else "") + "}"

    return re.sub(r"\{\{|\}\}|\{(\w+)\}", named, template)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _words(template: str) -> str:
    """What is left of a template without its places."""
    return "".join(part.split("}")[-1] for part in template.replace("{{", "").replace("}}", "").split("{"))
