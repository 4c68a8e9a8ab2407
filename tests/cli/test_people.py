"""`aisle user` and `aisle key`."""

import pytest

from server.kernel.database import Database
from server.masterdata.api_keys import SCOPES, key_of
from server.masterdata.sites import add_site


@pytest.fixture
def house(database_url):
    database = Database(database_url)
    database.write(lambda tx: [add_site(tx, code, code) for code in ("W1", "W2")])
    yield database
    database.close()


def test_a_key_is_made_listed_and_revoked_by_its_number(aisle, house, database_url):
    made = aisle(database_url, "key", "add", "shop", "--scope", "items:read", "--site", "W1", "--json").json
    assert aisle(database_url, "key", "add", "all").code == 0
    first, second = aisle(database_url, "key", "list", "--json").json["keys"]
    assert (first["id"], first["name"], first["scopes"], first["site"], first["last_used_at"], first["revoked_at"]) == (
        made["id"], "shop", ["items:read"], "W1", None, None)
    assert made["key"].startswith(first["prefix"]) and (second["site"], second["scopes"]) == (None, list(SCOPES))
    listed = aisle(database_url, "key", "list").text
    assert f"{made['id']} {first['prefix']}" in listed and "never used" in listed and made["key"] not in listed
    assert house.read(lambda tx: key_of(tx, made["key"])).name == "shop"
    assert aisle(database_url, "key", "revoke", str(made["id"]), "--json").json == {"id": made["id"], "revoked": True}
    assert house.read(lambda tx: key_of(tx, made["key"])) is None
    assert "revoked" in aisle(database_url, "key", "list").text
    again = aisle(database_url, "key", "revoke", str(made["id"]))
    assert (again.code, "no key" in again.errors) == (1, True)


def test_a_key_with_a_scope_is_made_without_the_word_add_too_but_a_slip_makes_none(aisle, house, database_url):
    assert aisle(database_url, "key", "prometheus", "--scope", "metrics:read", "--json").json["name"] == "prometheus"
    assert aisle(database_url, "key", "lst").code == 2
    assert [one["name"] for one in aisle(database_url, "key", "list", "--json").json["keys"]] == ["prometheus"]
    assert all(command in aisle(database_url, "key", "--help").text for command in ("add", "list", "revoke"))
