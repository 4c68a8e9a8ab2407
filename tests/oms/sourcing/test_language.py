"""What a line of rules says, in both languages, and how a wrong one is answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel.errors import Invalid
from server.oms.sourcing.language import guard_sites, read_rules
from server.oms.sourcing.rules import Allow, Cost, Keep, Prefer, Rank, Reach, Takes, Together, Whole

FACTS = {"channel": "taobao", "carrier": "SF", "country": "CN", "province": "浙江省", "city": "杭州市", "district": "", "postcode": "310012", "customer": "VIP Li",
         "item": frozenset({"SOAP", "CUP"}), "handling": frozenset({"fragile"}), "pieces": 4.0, "lines": 2.0, "weight": 1.5, "total": 99.0, "priority": 5.0}


def only(line):
    [rule] = read_rules(line).rules
    return rule


@pytest.mark.parametrize("english, chinese", [
    ("only from W1, W2 when country is CN", "只从 W1, W2 当 国家 是 CN"), ("never from W1 when handling is fragile", "不从 W1 当 属性 是 fragile"),
    ("W1 reaches CN, HK by SF", "W1 送到 CN, HK 由 SF"), ("W1 takes 2000 orders a day", "W1 每天接 2000 单"),
    ("any costs 4.50 plus 1.20 per kg plus 0.30 per 100 km", "任何 运费 4.50 加 1.20 每千克 加 0.30 每百公里"), ("W1 costs 3 + 0.5/100km", "W1 运费 3 加 0.5 每百公里"),
    ("prefer nearest 2", "优先最近 2"), ("prefer few parcels 10 when pieces > 3", "优先 少包裹 10 当 件数 > 3"), ("prefer low cost", "优先 低运费"),
    ("prefer old stock 1", "优先 旧库存 1"), ("prefer free capacity 1", "优先 有余力 1"), ("prefer on time 5", "优先 准时 5"), ("prefer W1, W2 4", "优先 W1, W2 4"),
    ("together handling in (fragile, gift)", "一起 属性 之一 (fragile, gift)"), ("never split when customer starts with VIP", "不拆单 当 客户 开头是 VIP"), ("W1 keeps 5", "W1 保留 5"),
])
def test_every_rule_says_the_same_in_both_languages(english, chinese):
    assert only(english) == only(chinese)


def test_a_rule_is_read_as_it_is_meant():
    assert only('"shop 1" reaches CN, "浙江省" by SF, DHL') == Reach(1, "shop 1", ("CN", "浙江省"), ("SF", "DHL"))
    assert only("W1 takes 20 a day") == Takes(1, "W1", 20)
    assert only("W1 costs 4.5 plus 1.2 per kg") == Cost(1, "W1", 4.5, 1.2, 0.0)
    assert only("any costs 4.5 plus 0.3 per 100 km") == Cost(1, "", 4.5, 0.0, 0.3)
    assert only("prefer on time 5") == Prefer(1, "on_time", 5.0) and only("prefer W2, W1 3") == Rank(1, ("W2", "W1"), 3.0)
    assert only("STORE-1 keeps 5  # for who comes in") == Keep(1, "STORE-1", 5)
    assert isinstance(only("never split"), Whole) and isinstance(only("together item is CUP"), Together)
    assert only("never from W1").is_not and only("only from W1") == Allow(1, ("W1",))


@pytest.mark.parametrize("condition, holds", [
    ("country is CN", True), ("country is not CN", False), ("country in (US, CN)", True), ("country is not in (US, CN)", False), ("channel is TAOBAO", True),
    ("pieces > 3", True), ("pieces >= 5", False), ("pieces is 4", True), ("weight <= 1.5", True), ("total < 99", False), ("lines != 2", False),
    ("item is SOAP", True), ("item is TEA", False), ("item is not TEA", True), ("item is not SOAP", False), ("item starts with CU", True),
    ("handling is Fragile", True), ("postcode starts with 31", True), ("postcode is 310012", True), ('customer is "VIP Li"', True),
    ("country is US or pieces > 3", True), ("country is US or pieces > 3 and lines is 9", False), ("(country is US or pieces > 3) and lines is 2", True),
    ("not country is US", True), ("not (country is CN and pieces is 4)", False), ("city is 杭州市", True),
])
def test_conditions_hold_of_an_order_as_they_say(condition, holds):
    assert only(f"never split when {condition}").counts(FACTS) is holds


@pytest.mark.parametrize("line, what, column", [
    ("prefer neerest", "“neerest” is not understood. Here could stand: nearest, few parcels", 8), ("优先 neerest soon", "“neerest” is not understood", 4), ("prefer W1", "The rule ends too early", 10), ("W1 takes many", "“many” is not understood", 10), ("only W1", "“W1” is not understood", 6),
    ("never split when", "The rule ends too early. Here could stand: not, channel", 17), ("never split when pieces is many", "pieces is a number", 18),
    ("only from W1 when country > 3", "country is a text", 19), ("together country is CN", "“together” is about lines", 1),
    ("W1 keeps 1.5", "1.5 must be a whole number", 10), ("prefer nearest 2000000", "2000000 is more than", 16), ("prefer nearest 2 3", "“3” is not understood", 18),
    ("优先 最近 2 三", "“三” is not understood. Here could stand: 当.", 9), ("只从 W1 当", "Here could stand: 非, 渠道", 8),
    ("only from W1 when customer.name is x", "“.name” is not understood", 27), ("__import__('os')", "is not understood", 11), ("only from W1 when ((country is CN)", "too early", 35),
])
def test_what_cannot_be_read_is_named_with_its_place_and_what_could_stand_there(line, what, column):
    with pytest.raises(Invalid) as refused:
        read_rules(f"prefer nearest 1\n\n{line}")
    [error] = refused.value.errors
    assert what in error["what"] and (error["line"], error["column"]) == (3, column)


def test_every_wrong_line_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        read_rules("prefer x y\n# nothing\nprefer nearest\nW1 reaches")
    assert [error["line"] for error in refused.value.errors] == [1, 4]


def test_a_warehouse_that_there_is_not_is_named_with_its_line():
    with pytest.raises(Invalid) as refused:
        guard_sites(read_rules("prefer nearest\nonly from W1, W9\nW8 keeps 3"), ["W1"])
    assert [(error["line"], error["what"]) for error in refused.value.errors] == [(2, "There is no warehouse W9."), (3, "There is no warehouse W8.")]


def faults(body):
    """What is wrong with a text; none where it can be read."""
    try:
        read_rules(body)
    except Invalid as refused:
        return refused.errors or [{"line": 1, "column": 1, "what": str(refused)}]
    return []


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_place_and_nothing_else(body):
    assert all(one["what"] and one["line"] >= 1 and one["column"] >= 1 for one in faults(body))


@pytest.mark.parametrize("body", ["x\n" * 201, "(" * 400, "only from " + ", ".join(["W1"] * 400), "never split when " + "(" * 21 + "pieces > 1" + ")" * 21, "\x00", "only from \u202eW1"])
def test_what_is_too_much_is_refused_in_words(body):
    assert faults(body)


def test_a_long_row_of_words_is_read_and_never_too_deep():
    assert faults("never split when " + "not " * 110 + "pieces > 1") == []
