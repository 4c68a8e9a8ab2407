"""S27: keys of other systems."""

from sqlalchemy import text

from server.kernel.clock import DAY
from server.masterdata.api_keys import make_api_key, revoke_api_key
from server.masterdata.people import put_worker, set_password
from tests.api.conftest import PASSWORD


def test_a_key_is_shown_once_and_kept_as_a_hash(house):
    made = house.web.post("/api/v1/api-keys", json={"name": "shop", "scopes": ["items:read"]}, headers=house.headers("admin")).json["key"]
    kept = house.app.database.read(lambda tx: str([tx.rows(text(f"SELECT * FROM {table}")) for table in ("api_key", "audit")]))
    assert made not in kept and made[:12] in kept
    assert house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {made}"}).status_code == 200


def test_a_key_ends_when_it_is_revoked_and_when_its_time_is_over(house):
    def build(tx):
        gone = make_api_key(tx, "gone", ["items:read"])
        return gone.key, gone.id

    made = house.web.post("/api/v1/api-keys", json={"name": "ends", "scopes": ["items:read"], "days": 1}, headers=house.headers("admin")).json
    ends, (gone, number) = made["key"], house.app.database.write(build)
    assert made["expires_at"] == house.clock.now() + DAY
    statuses = [house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"}).status_code for key in (ends, gone)]
    house.app.database.write(lambda tx: revoke_api_key(tx, number))
    house.clock.advance(DAY + 1)
    statuses += [house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"}).status_code for key in (ends, gone)]
    assert statuses == [200, 200, 401, 401]


def test_when_a_key_was_used_last_is_noted(house):
    key = house.key("reader", "items:read")
    house.web.get("/api/v1/items", headers={"Authorization": f"Bearer {key}"})
    assert house.app.database.read(lambda tx: tx.scalar(text("SELECT last_used_at FROM api_key"))) == house.clock.now()


def test_a_leaked_key_is_found_by_how_it_begins_and_revoked_by_the_number_that_the_list_tells(house):
    headers = house.headers("admin")
    made = house.web.post("/api/v1/api-keys", json={"name": "shop", "scopes": ["items:read"], "site": "W1"}, headers=headers).json
    shop = {"Authorization": f"Bearer {made['key']}"}
    assert house.web.get("/api/v1/items", headers=shop).status_code == 200
    listed = house.web.get("/api/v1/api-keys", headers=headers)
    row, = [one for one in listed.json["items"] if made["key"].startswith(one["prefix"])]
    assert row == {"id": made["id"], "name": "shop", "prefix": made["key"][:12], "scopes": ["items:read"], "site": "W1", "created_at": house.clock.now(),
                   "last_used_at": house.clock.now(), "expires_at": None, "revoked_at": None}
    assert made["key"] not in listed.text and "hash" not in listed.text
    house.clock.advance(1_000)
    assert house.web.delete(f"/api/v1/api-keys/{row['id']}", headers=headers).status_code == 204
    assert house.web.get("/api/v1/items", headers=shop).status_code == 401
    assert house.web.get("/api/v1/api-keys", headers=headers).json["items"][-1]["revoked_at"] == house.clock.now()


def test_an_administrator_of_one_warehouse_sees_the_keys_of_that_warehouse_only(house):
    def build(tx):
        site_id = tx.scalar(text("SELECT id FROM site WHERE code = 'W2'"))
        set_password(tx, put_worker(tx, "ours", "Ours", "admin", site_id=site_id), PASSWORD)
        return make_api_key(tx, "ours", ["items:read"], site_id=site_id).id, make_api_key(tx, "everywhere", ["items:read"]).id

    own, everywhere = house.app.database.write(build)
    assert house.web.post("/api/v1/sessions", json={"badge": "ours", "password": PASSWORD}).status_code == 200
    assert [one["id"] for one in house.web.get("/api/v1/api-keys").json["items"]] == [own]
    mark = {"X-Aisle-CSRF": "1"}
    assert [house.web.delete(f"/api/v1/api-keys/{number}", headers=mark).status_code for number in (everywhere, own)] == [404, 204]
