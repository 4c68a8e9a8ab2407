"""`aisle promise`: what there is, what comes when, and when an order would leave."""

import pytest

from server.kernel.clock import DAY
from server.kernel.database import Database
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.conftest import fresh_url
from tests.warehouse import Warehouse


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    return fresh_url(request, str(request.param), tmp_path, has_warehouse=True)


@pytest.fixture
def stocked(database_url):
    database = Database(database_url)
    warehouse = Warehouse(database).open()
    warehouse.put("SOAP", 12, "W1-A-01-1")
    database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=warehouse.site_id, expected_at=tx.now + 3 * DAY,
                                                         lines=[NewInboundLine(item="SOAP", quantity=40)])))
    yield database_url
    database.close()


def test_what_is_free_and_what_comes_is_said_in_words_and_as_json(aisle, stocked):
    said = aisle(stocked, "promise", "SOAP=20", "--country", "CN")
    assert (said.code, "SOAP: 12 free" in said.text, "40 from" in said.text, "from W1" in said.text) == (0, True, True, True), said
    told = aisle(stocked, "promise", "SOAP=20", "TEA=1", "--site", "W1", "--json").json
    assert [one["available"] for one in told["items"]] == [12, 0]
    assert (told["leaves"]["leaves_at"], told["leaves"]["parts"][0]["waits"]) == (None, 9)


@pytest.mark.parametrize("asked", [["NONE"], ["SOAP=0"], ["SOAP=many"], ["SOAP", "--site", "W9"], ["SOAP", "--channel", "none"]])
def test_what_cannot_be_asked_is_refused_in_a_sentence(aisle, stocked, asked):
    said = aisle(stocked, "promise", *asked)
    assert said.code == 1 and said.errors.startswith("Error: ")
