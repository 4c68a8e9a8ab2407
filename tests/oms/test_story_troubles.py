"""An order's story tells what did not go by itself, who ended it and how, and what its buyer asked the platform to have back."""

from server.oms.channels.base import Asked
from tests.oms.conftest import document
from tests.oms.test_exception_steps import step
from tests.oms.test_exceptions import BAD, house, rule, tended
from tests.oms.test_refund_requests import asks, take
from tests.oms.test_story import story

__all__ = ["house"]


def told(house, *kinds, ref="1"):
    return [(one["kind"], one["args"], one["who"]) for one in story(house, house.order(ref)["number"])["items"] if one["kind"] in kinds]


def test_an_exception_is_told_when_it_was_opened_and_who_ended_it_by_what(house):
    house.give(document("1", ship_to=BAD))
    number = house.order("1")["number"]
    [(_, args, who)] = told(house, "trouble", "trouble_over")
    assert (args["trouble"], args["words"].startswith(f"{number} is held: "), who) == ("address", True, "")
    step(house, "address", "let_go")
    assert told(house, "trouble_over") == [("trouble_over", {"trouble": "address", "how": "hand", "step": "let_go"}, "Sue")]


def test_one_that_ended_by_itself_or_by_a_rule_is_nobodys_doing(house):
    house.give(document("1", ship_to=BAD), document("1", 2), document("2", ship_to=BAD))
    rule(house, "address", solve="cancel")
    tended(house)
    assert told(house, "trouble_over") == [("trouble_over", {"trouble": "address", "how": "solved", "step": ""}, "")]
    assert told(house, "trouble_over", ref="2") == [("trouble_over", {"trouble": "address", "how": "rule", "step": "cancel"}, "")]


def test_what_the_buyer_asks_for_is_told_with_its_money_and_how_it_ends(house):
    house.give(document("1"))
    take(house, asks())
    what = {"channel": "shop", "amount": 1990, "currency": "CNY"}
    assert told(house, "asked", "asked_over") == [("asked", {**what, "reason": "不想要了"}, "")]
    take(house, asks(version=6, stage=Asked.OVER), asks("R2", version=7, stage=Asked.PAID))
    assert [one[0] for one in told(house, "asked", "asked_over", "asked_paid")] == ["asked", "asked_over", "asked", "asked_paid"]
