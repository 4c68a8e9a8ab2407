"""The language of sourcing rules: one rule a line, in English or Chinese words; nothing of it is run.

    only from W1, W2 when country is CN
    any costs 4.50 plus 1.20 per kg plus 0.30 per 100 km
    prefer nearest 2
    never split when handling is gift

What a line may say stands in `language.lark`; what it comes to, in `rules.py`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from server.kernel.errors import Invalid
from server.oms.sourcing.rules import (
    ITEM_FACTS,
    NUMBER_FACTS,
    TEXT_FACTS,
    Allow,
    Both,
    Comparison,
    Condition,
    Cost,
    Criterion,
    Keep,
    Not,
    Prefer,
    Rank,
    Reach,
    Rule,
    RuleSet,
    Takes,
    Together,
    Value,
    Whole,
)

LINES_MAX = 200
LENGTH_MAX = 500
POINTS_MAX = 1_000_000
DEPTH_MAX = 20
_ZH_FACTS = ("渠道", "承运商", "国家", "省份", "城市", "区县", "邮编", "客户", "商品", "属性", "件数", "行数", "重量", "金额", "优先级")
_FACTS = dict(zip(_ZH_FACTS, (*TEXT_FACTS, *NUMBER_FACTS), strict=True))
_CRITERIA: dict[str, Criterion] = {"NEAREST": "nearest", "PARCELS": "parcels", "COST": "cost", "AGE": "age", "CAPACITY": "capacity", "ON_TIME": "on_time"}
_BEGINNINGS = frozenset({"nearest", "few", "fewer", "fewest", "low", "old", "free", "on"})
"""With which a criterion begins."""
_PREFERRED = re.compile(r"\s*(?:prefer\s|优先)\s*([^\s,()<>=!\"#+]+)")
WORDS = {
    "ONLY": "only from", "NEVER": "never from", "REACHES": "reaches", "BY": "by", "TAKES": "takes", "A_DAY": "orders a day", "ANY": "any",
    "COSTS": "costs", "PLUS": "plus", "PER_KG": "per kg", "PER_KM": "per 100 km", "PREFER": "prefer", "NEAREST": "nearest", "PARCELS": "few parcels",
    "COST": "low cost", "AGE": "old stock", "CAPACITY": "free capacity", "ON_TIME": "on time", "TOGETHER": "together", "WHOLE": "never split",
    "KEEPS": "keeps", "WHEN": "when", "OR": "or", "AND": "and", "NOT": "not", "FACT": "channel", "ISNT": "is not", "IS": "is", "IN": "in",
    "STARTS": "starts with", "LE": "<=", "GE": ">=", "LT": "<", "GT": ">", "NUMBER": "1.5", "STRING": '"W1"', "WORD": "W1", "COMMA": ",",
    "LPAR": "(", "RPAR": ")", "$END": "",
}
"""A word of each kind, as somebody is shown what could stand where something else does."""
_ZH_WORDS = {
    **WORDS, "ONLY": "只从", "NEVER": "不从", "REACHES": "送到", "BY": "由", "TAKES": "每天接", "A_DAY": "单", "ANY": "任何", "COSTS": "运费", "PLUS": "加",
    "PER_KG": "每千克", "PER_KM": "每百公里", "PREFER": "优先", "NEAREST": "最近", "PARCELS": "少包裹", "COST": "低运费", "AGE": "旧库存", "CAPACITY": "有余力",
    "ON_TIME": "准时", "TOGETHER": "一起", "WHOLE": "不拆单", "KEEPS": "保留", "WHEN": "当", "OR": "或", "AND": "且", "NOT": "非", "FACT": "渠道", "ISNT": "不是",
    "IS": "是", "IN": "之一", "STARTS": "开头是",
}
"""The same for who writes Chinese."""


def read_rules(body: str) -> RuleSet:
    """The rules of a text; Invalid names every line that cannot be read, where, and what could stand there."""
    lines = body.splitlines()
    if len(lines) > LINES_MAX:
        raise Invalid(f"The rules have {len(lines)} lines; {LINES_MAX} are allowed.", errors=[])
    rules, errors = [], []
    for at, written in enumerate(lines, 1):
        line = _without_comment(written)
        if not line.strip():
            continue
        try:
            rules.append(_read(line, at))
        except _NotUnderstood as fault:
            errors.append({"where": f"line {at}", "what": fault.what, "column": fault.column, "line": at})
    if errors:
        raise Invalid(f"{errors[0]['where']}: {errors[0]['what']}", errors=errors)
    return RuleSet(tuple(rules))


def guard_sites(rules: RuleSet, known: Iterable[str]) -> None:
    """Invalid names every site that there is none of."""
    there = set(known)
    errors = [{"where": f"line {line}", "what": f"There is no warehouse {site[:32]}.", "column": 1, "line": line}
              for site, line in rules.sites().items() if site not in there]
    if errors:
        raise Invalid(f"{errors[0]['where']}: {errors[0]['what']}", errors=errors)


class _NotUnderstood(Exception):
    def __init__(self, what: str, column: int = 1) -> None:
        super().__init__(what)
        self.what, self.column = what, column


@cache
def _grammar() -> Lark:
    return Lark(files(__package__).joinpath("language.lark").read_text("utf-8"), parser="lalr", maybe_placeholders=False)


def _without_comment(line: str) -> str:
    """Up to a # that stands in no quotation marks."""
    quoted = False
    for at, sign in enumerate(line):
        quoted ^= sign == '"'
        if sign == "#" and not quoted:
            return line[:at]
    return line


def _read(line: str, at: int) -> Rule:
    if len(line) > LENGTH_MAX or line.count("(") > DEPTH_MAX or not line.isprintable():
        raise _NotUnderstood(f"A rule has at most {LENGTH_MAX} printable characters and {DEPTH_MAX} brackets.")
    try:
        rule: Rule = _Rules(at).transform(_grammar().parse(line))
    except UnexpectedInput as fault:
        raise _fault(line, fault) from None
    except VisitError as fault:
        if isinstance(fault.orig_exc, _NotUnderstood):
            raise fault.orig_exc from None
        raise
    return rule


def _fault(line: str, fault: UnexpectedInput) -> _NotUnderstood:
    kinds = _expected(fault)
    words = _ZH_WORDS if any("\u4e00" <= sign <= "\u9fff" for sign in line) else WORDS
    misspelt = _PREFERRED.match(line)
    if misspelt and misspelt[1].isascii() and misspelt[1].islower() and misspelt[1] not in _BEGINNINGS:  # read as the name of a site, which few write so
        could = ", ".join([*(words[kind] for kind in _CRITERIA), words["WORD"]])
        return _NotUnderstood(f"“{misspelt[1][:32]}” is not understood. Here could stand: {could}.", misspelt.start(1) + 1)
    could = ", ".join(dict.fromkeys(words[kind] for kind in sorted(kinds, key=list(WORDS).index) if words.get(kind)))
    if isinstance(fault, UnexpectedEOF) or (isinstance(fault, UnexpectedToken) and fault.token.type == "$END"):
        return _NotUnderstood(f"The rule ends too early. Here could stand: {could}.", len(line.rstrip()) + 1)
    column = max(1, getattr(fault, "column", 1))
    found = line[column - 1:].split(maxsplit=1)[0][:32] if line[column - 1:].split() else ""
    return _NotUnderstood(f"“{found}” is not understood. Here could stand: {could or '# …'}.", column)


def _expected(fault: UnexpectedInput) -> set[str]:
    if isinstance(fault, UnexpectedToken):
        return set(fault.accepts or fault.expected) & set(WORDS)
    return set(fault.allowed) & set(WORDS) if isinstance(fault, UnexpectedCharacters) and fault.allowed else set()


class _Rules(Transformer[Token, Any]):
    """A parsed line to its rule."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self._line = line

    def only(self, parts: list[Any]) -> Rule:
        return Allow(self._line, parts[1], when=_when(parts[2:]))

    def never(self, parts: list[Any]) -> Rule:
        return Allow(self._line, parts[1], is_not=True, when=_when(parts[2:]))

    def reach(self, parts: list[Any]) -> Rule:
        return Reach(self._line, parts[0], parts[2], parts[4] if len(parts) > 4 else ())

    def takes(self, parts: list[Any]) -> Rule:
        return Takes(self._line, parts[0], _whole_number(parts[2]))

    def cost(self, parts: list[Any]) -> Rule:
        site = "" if isinstance(parts[0], Token) else parts[0]
        extra = {str(parts[at + 1].type): _number(parts[at]) for at in range(4, len(parts) - 1) if _is(parts[at], "NUMBER")}
        return Cost(self._line, site, _number(parts[2]), extra.get("PER_KG", 0.0), extra.get("PER_KM", 0.0), when=_when(parts[3:]))

    def prefer(self, parts: list[Any]) -> Rule:
        points = _number(parts[2]) if len(parts) > 2 and _is(parts[2], "NUMBER") else 1.0
        return Prefer(self._line, parts[1], points, when=_when(parts[2:]))

    def rank(self, parts: list[Any]) -> Rule:
        return Rank(self._line, parts[1], _number(parts[2]), when=_when(parts[3:]))

    def together(self, parts: list[Any]) -> Rule:
        if any(fact not in ITEM_FACTS for fact in _facts(parts[1])):
            raise _NotUnderstood(f"“together” is about lines: it asks only for {' and '.join(ITEM_FACTS)}.")
        return Together(self._line, parts[1])

    def whole(self, parts: list[Any]) -> Rule:
        return Whole(self._line, when=_when(parts[1:]))

    def keep(self, parts: list[Any]) -> Rule:
        return Keep(self._line, parts[0], _whole_number(parts[2]))

    def criterion(self, parts: list[Any]) -> Criterion:
        return _CRITERIA[parts[0].type]

    def when(self, parts: list[Any]) -> Condition:
        condition: Condition = parts[1]
        return condition

    def either(self, parts: list[Any]) -> Condition:
        return Both(_conditions(parts), is_or=True)

    def both(self, parts: list[Any]) -> Condition:
        return Both(_conditions(parts))

    def not_(self, parts: list[Any]) -> Condition:
        return Not(parts[1])

    def one(self, parts: list[Any]) -> Condition:
        return _compared(parts[0], "is" if parts[1].type == "IS" else "is not", parts[2:])

    def one_of(self, parts: list[Any]) -> Condition:
        is_not = any(_is(one, "ISNT") for one in parts)
        return _compared(parts[0], "is not" if is_not else "is", [one for one in parts[1:] if not _is(one, "IS", "ISNT", "IN")])

    def number(self, parts: list[Any]) -> Condition:
        return _compared(parts[0], str(parts[1]), [str(parts[2])])

    def starts(self, parts: list[Any]) -> Condition:
        return _compared(parts[0], "starts", parts[2:])

    def names(self, parts: list[str]) -> tuple[str, ...]:
        return tuple(parts)

    def name(self, parts: list[Token]) -> str:
        return _text(parts[0])

    def value(self, parts: list[Token]) -> str:
        return _text(parts[0])


def _compared(fact: Token, how: str, values: Sequence[str]) -> Condition:
    name = _FACTS.get(fact, str(fact))
    if name in TEXT_FACTS:
        if how in ("<", ">", "<=", ">="):
            raise _NotUnderstood(f"{fact} is a text: it is compared by “is”, “is not”, “in” or “starts with”.", fact.column or 1)
        return Comparison(name, how, tuple(values))
    if how == "starts":
        raise _NotUnderstood(f"{fact} is a number: it is compared by “is”, “<”, “>”, “<=” or “>=”.", fact.column or 1)
    try:
        numbers: tuple[Value, ...] = tuple(float(one) for one in values)
    except ValueError:
        raise _NotUnderstood(f"{fact} is a number: it is compared by “is”, “<”, “>”, “<=” or “>=”.", fact.column or 1) from None
    return Comparison(name, how, numbers)


def _facts(condition: Condition) -> list[str]:
    match condition:
        case Comparison():
            return [condition.fact]
        case Not():
            return _facts(condition.inner)
        case Both():
            return [fact for one in condition.parts for fact in _facts(one)]


def _conditions(parts: list[Any]) -> tuple[Condition, ...]:
    return tuple(one for one in parts if not isinstance(one, Token))


def _when(parts: list[Any]) -> Condition | None:
    return next((one for one in parts if isinstance(one, Comparison | Not | Both)), None)


def _is(part: Any, *kinds: str) -> bool:
    return isinstance(part, Token) and part.type in kinds


def _text(token: Token) -> str:
    return token[1:-1] if token.type == "STRING" else str(token)


def _number(token: Token) -> float:
    if float(token) > POINTS_MAX:
        raise _NotUnderstood(f"{token} is more than {POINTS_MAX}.", token.column or 1)
    return float(token)


def _whole_number(token: Token) -> int:
    if "." in token:
        raise _NotUnderstood(f"{token} must be a whole number.", token.column or 1)
    return int(_number(token))
