"""`aisle user` and `aisle key`."""

import pytest
from sqlalchemy import text

from server.kernel.clock import DAY, iso
from server.kernel.database import Database
from server.masterdata.api_keys import SCOPES, key_of
from server.masterdata.people import is_right, worker_by_badge
from server.masterdata.sites import add_site, site_id_of


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


def test_a_key_can_be_given_an_end(aisle, house, database_url):
    made = aisle(database_url, "key", "add", "auditor", "--days", "30", "--json").json
    assert aisle(database_url, "key", "add", "no day", "--days", "0").code == 2
    listed = aisle(database_url, "key", "list", "--json").json["keys"][0]
    assert made["expires_at"] == iso(listed["expires_at"]) and listed["expires_at"] - listed["created_at"] == 30 * DAY
    assert "; good until 20" in aisle(database_url, "key", "add", "next", "--days", "30").text
    house.write(lambda tx: tx.execute(text("UPDATE api_key SET expires_at = 1 WHERE id = :id"), {"id": made["id"]}))
    assert house.read(lambda tx: key_of(tx, made["key"])) is None
    assert "ended 1970" in aisle(database_url, "key", "list").text


def test_a_key_with_a_scope_is_made_without_the_word_add_too_but_a_slip_makes_none(aisle, house, database_url):
    assert aisle(database_url, "key", "prometheus", "--scope", "metrics:read", "--json").json["name"] == "prometheus"
    assert aisle(database_url, "key", "lst").code == 2
    assert [one["name"] for one in aisle(database_url, "key", "list", "--json").json["keys"]] == ["prometheus"]
    assert all(command in aisle(database_url, "key", "--help").text for command in ("add", "list", "revoke"))


def told_of(house, badge):
    return house.read(lambda tx: worker_by_badge(tx, badge))


def test_of_a_worker_who_is_changed_everything_stays_that_is_not_given(aisle, house, database_url):
    first = aisle(database_url, "user", "add", "b7", "--name", "Li Wei", "--site", "W2", "--language", "zh-CN", "--password", "a long enough sentence", "--json").json
    changed = aisle(database_url, "user", "add", "B7", "--role", "supervisor", "--json").json
    assert changed == {"id": first["id"], "badge": "B7", "role": "supervisor", "disabled": False}
    kept = told_of(house, "B7")
    assert (kept.name, kept.role, kept.site_id, kept.language) == ("Li Wei", "supervisor", house.read(lambda tx: site_id_of(tx, "W2")), "zh-CN")
    assert is_right(first["pin"], kept.pin_hash) and is_right("a long enough sentence", kept.password_hash)
    assert "PIN" not in aisle(database_url, "user", "add", "B7", "--name", "Li", "--every-site", "--pin", "602915").text
    kept = told_of(house, "B7")
    assert (kept.name, kept.role, kept.site_id, kept.language) == ("Li", "supervisor", None, "zh-CN")
    assert is_right("602915", kept.pin_hash)
    assert aisle(database_url, "user", "add", "B7", "--site", "W1", "--every-site").code == 2


def test_a_new_worker_is_called_as_their_badge_and_gets_a_pin(aisle, house, database_url):
    made = aisle(database_url, "user", "add", "b8", "--json").json
    kept = told_of(house, "B8")
    assert (kept.name, kept.role, kept.site_id, kept.language, kept.password_hash) == ("b8", "worker", None, "en", None)
    assert is_right(made["pin"], kept.pin_hash)
    assert "PIN (shown only now): " in aisle(database_url, "user", "add", "B9").text


def test_who_was_locked_out_is_let_in_again_by_a_command_of_its_own(aisle, house, database_url):
    aisle(database_url, "user", "add", "B7", "--pin", "493817")
    assert aisle(database_url, "user", "disable", "B7").code == 0
    assert "`aisle user enable B7`" in aisle(database_url, "user", "add", "B7", "--name", "Li").text
    assert told_of(house, "B7").disabled == 1
    assert aisle(database_url, "user", "enable", "B7", "--json").json == {"badge": "B7", "disabled": False}
    kept = told_of(house, "B7")
    assert kept.disabled == 0 and is_right("493817", kept.pin_hash)
    nobody = aisle(database_url, "user", "enable", "B99")
    assert (nobody.code, "no worker with badge B99" in nobody.errors) == (1, True)
