"""Signs that a database cannot keep (NUL, half a pair of UTF-16) stop no order and no channel."""

import pytest

from server.oms.channels.base import Asked, HearsRefunds, Page, RefundRequest
from server.oms.channels.caller import Caller
from server.oms.channels.plain import Plain, PlainSettings
from tests.oms.conftest import SECRET, document

STRANGE = {"nothing": "\x00", "half a pair": "\ud83d"}


@pytest.mark.parametrize("sign", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("where", ["reference", "customer", "note", "elsewhere"])
def test_a_strange_sign_in_an_order_stops_no_other(shops, sign, where):
    strange = {**document("2"), where: f"a{sign}b"}
    pages = [Page([strange, document("3")], 5)]
    shops.desk._connector(shops.channel()).pull = lambda _since: iter(pages)
    assert shops.attend()
    assert shops.order("3") is not None
    assert shops.warehouse.one("SELECT COUNT(*) FROM channel_paper") == 2


class Asking(Plain, HearsRefunds):
    """A plain shop whose buyers ask for their money; reading one of the requests is a fault of ours."""

    def asked(self, _since):
        yield Page([{"ref": "bad"}, {"ref": "R2"}], 7)
        yield Page([{"ref": "R3"}], 9)

    def asked_of(self, _ref):
        return ()

    def understand_request(self, document):
        if document["ref"] == "bad":
            raise RuntimeError("a fault of ours")
        return RefundRequest(ref=document["ref"], order_ref="1", version=5, stage=Asked.OPEN, amount=1990, lines=(), reason="")

    def agree(self, _request):
        raise AssertionError


def test_a_request_that_meets_a_fault_stops_no_other_and_is_asked_for_again(shops):
    shops.give(document("1"))
    with pytest.raises(RuntimeError, match="a fault of ours"):
        shops.desk._ask_for_requests(shops.channel(), Asking(PlainSettings(secret=SECRET), Caller()))
    assert [ref for [ref] in shops.warehouse.all("SELECT ref FROM refund_request ORDER BY ref")] == ["R2", "R3"]
    assert shops.channel().asked_until == 0, "all of it is asked for again"
