"""S27: keys of other systems."""

from sqlalchemy import text

from server.masterdata.api_keys import make_api_key, revoke_api_key


def test_a_key_is_shown_once_and_kept_as_a_hash(house):
    made = house.web.post("/api/v1/api-keys", json={"name": "shop", "scopes": ["items:read"]}, headers=house.headers("admin")).json["key"]
    kept = house.app.database.read(lambda tx: str([tx.rows(text(f"SELECT * FROM {table}")) for table in ("api_key", "audit")]))
    assert made not in kept and made[:12] in kept
    assert house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {made}"}).status_code == 200


def test_a_key_ends_when_it_is_revoked_and_when_its_time_is_over(house):
    def build(tx):
        key = make_api_key(tx, "ends", ["items:read"], expires_at=tx.now + 60_000)
        return key, make_api_key(tx, "gone", ["items:read"]), tx.scalar(text("SELECT MAX(id) FROM api_key"))

    ends, gone, number = house.app.database.write(build)
    statuses = [house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"}).status_code for key in (ends, gone)]
    house.app.database.write(lambda tx: revoke_api_key(tx, number))
    house.clock.advance(60_001)
    statuses += [house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"}).status_code for key in (ends, gone)]
    assert statuses == [200, 200, 401, 401]


def test_when_a_key_was_used_last_is_noted(house):
    key = house.key("reader", "items:read")
    house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"})
    assert house.app.database.read(lambda tx: tx.scalar(text("SELECT last_used_at FROM api_key"))) == house.clock.now()
