from sqlalchemy import text

from server.masterdata.parties import own_stock
from tests.api.test_api import ORDER


def test_a_return_of_an_order_that_was_not_shipped_is_refused(house):
    headers = house.headers("supervisor")
    number = house.web.post("/api/v1/orders", json=ORDER, headers=headers).json["number"]
    body = {"code": "RET-1", "site": "W1", "order": number, "lines": [{"item": "SOAP", "quantity": 1}]}
    assert house.web.post("/api/v1/returns", json=body, headers=headers).status_code == 404
    assert house.web.get("/api/v1/returns", headers=headers).json == {"items": [], "next": None}


def test_a_shipped_order_s_return_is_announced_once_and_listed(house):
    headers = house.headers("supervisor")

    def work(tx):
        item = tx.scalar(text("SELECT id FROM item"))
        owner = own_stock(tx)
        number = tx.scalar(text("INSERT INTO release (code, order_number, site_id, ship_to, state, created_at) VALUES "
                                "('ORD-9', 'ORD-9', :s, '{}', 'shipped', 0) RETURNING id"), s=house.site_id)
        tx.execute(text("INSERT INTO release_line (release_id, number, item_id, owner_id, ordered, allocated, picked, packed, shipped) "
                        "VALUES (:r, 1, :i, :o, 2, 2, 2, 2, 2)"), {"r": number, "i": item, "o": owner})

    house.app.database.write(work)
    body = {"code": "RET-1", "site": "W1", "order": "ORD-9", "lines": [{"item": "SOAP", "quantity": 2}]}
    for changed, status in (({"lines": [{"item": "SOAP", "quantity": 3}]}, 422), ({"site": "W2"}, 403), ({"order": "ORD-8"}, 404),
                            ({"lines": []}, 422), ({}, 201), ({}, 409)):
        assert house.web.post("/api/v1/returns", json={**body, **changed}, headers=headers).status_code == status, changed
    row = house.web.get("/api/v1/returns?state=expected", headers=headers).json["items"][0]
    assert (row["code"], row["order"], row["quantity"], row["received"]) == ("RET-1", "ORD-9", 2, 0)
