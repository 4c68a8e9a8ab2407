"""Signs that a database cannot keep (NUL, half a pair of UTF-16) stop no order and no channel."""

import pytest

from server.oms.channels.base import Page
from tests.oms.conftest import document

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
