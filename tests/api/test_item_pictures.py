"""An item has one picture: it is kept small, had at an address that never says anything else, and shown wherever a task shows the item."""

import hashlib
import io

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from labels.pictures.formats import SmallPicture
from server.kernel.database import Database
from server.kernel.dump import read_dump, write_dump
from server.kernel.errors import NotFound
from server.kernel.tables import add_tables
from server.masterdata.item_pictures import drop_picture, kept_picture, picture_addresses, picture_at, put_picture
from server.masterdata.items import NewItem, NewPack, item_by_code, put_item
from simulators.good_pictures import picture_of
from tests.conftest import fresh_url

DRAWN, OTHER = picture_of("Soap, small"), picture_of("Soap, gift")
ONE, TWO = SmallPicture(b"one \0 \xff", 4, 3), SmallPicture(b"two", 480, 480)


@pytest.fixture
def goods(database):
    """Two items, one of which somebody else's system gave an address."""
    database.write(lambda tx: [put_item(tx, NewItem(code="SOAP", name="Soap")), put_item(tx, NewItem(code="TEA", name="Tea", picture="/elsewhere/tea.png"))])
    return database


def digest_of(address):
    return address.rpartition("/")[2]


def test_a_picture_is_had_at_the_hash_of_what_it_shows(goods):
    address = goods.write(lambda tx: put_picture(tx, "SOAP", ONE))
    assert address == f"/api/v1/pictures/{hashlib.sha256(ONE.content).hexdigest()}"
    kept = goods.read(lambda tx: picture_at(tx, digest_of(address)))
    assert (kept.media_type, kept.content) == ("image/webp", ONE.content)


def test_another_picture_takes_its_place_and_the_old_address_is_empty(goods):
    old, new = (goods.write(lambda tx, one=one: put_picture(tx, "SOAP", one)) for one in (ONE, TWO))
    assert goods.read(lambda tx: kept_picture(tx, item_by_code(tx, "SOAP").id)) == new
    with pytest.raises(NotFound):
        goods.read(lambda tx: picture_at(tx, digest_of(old)))


def test_two_items_may_look_the_same_and_one_of_them_lose_its_picture(goods):
    for code in ("SOAP", "TEA"):
        address = goods.write(lambda tx, code=code: put_picture(tx, code, ONE))
    goods.write(lambda tx: drop_picture(tx, "SOAP"))
    assert goods.read(lambda tx: picture_at(tx, digest_of(address))).content == ONE.content
    with pytest.raises(NotFound):
        goods.write(lambda tx: drop_picture(tx, "SOAP"))


def test_the_picture_that_is_kept_here_goes_before_an_address_elsewhere(goods):
    def seen():
        return goods.read(lambda tx: picture_addresses(tx, ["SOAP", "TEA", "GONE"]))

    assert seen() == {"TEA": "/elsewhere/tea.png"}
    address = goods.write(lambda tx: put_picture(tx, "TEA", ONE))
    assert seen() == {"TEA": address}
    assert goods.read(lambda tx: picture_addresses(tx, [])) == {}


@pytest.mark.parametrize("wrong", [{"content": b""}, {"content": b"x" * 100_001}, {"width": 481}, {"height": 0}, {"digest": "short"}, {"media_type": "image/svg+xml"}],
                         ids=lambda one: next(iter(one)))
def test_the_database_itself_takes_no_picture_that_is_not_small(goods, wrong):
    row = {"digest": "0" * 64, "media_type": "image/webp", "width": 1, "height": 1, "content": b"x", **wrong}
    insert = text("INSERT INTO item_picture (item_id, digest, media_type, width, height, content) "
                  "SELECT id, :digest, :media_type, :width, :height, :content FROM item WHERE code = 'SOAP'")
    with pytest.raises(DBAPIError):
        goods.write(lambda tx: tx.query(insert, row))


def test_a_backup_brings_pictures_back_byte_by_byte(goods, request, tmp_path):
    goods.write(lambda tx: put_picture(tx, "SOAP", ONE))
    file = tmp_path / "all.dump"
    with file.open("wb") as stream:
        goods.snapshot(lambda tx: write_dump(tx, stream, {"ledger_hash": ""}))
    again = tmp_path / "again"
    again.mkdir()
    for engine in ("sqlite", "postgresql"):
        other = Database(fresh_url(request, engine, again))
        other.write(lambda tx: add_tables(tx, read_dump(file), lambda *_: None))
        assert bytes(other.read(lambda tx: tx.scalar(text("SELECT content FROM item_picture")))) == ONE.content
        other.close()


def test_a_picture_that_is_sent_is_shown_to_whoever_may_see_items_and_may_be_kept_by_browsers(one_house):
    sent = one_house.web.put("/api/v1/item-pictures/SOAP", data=DRAWN, content_type="image/png", headers=one_house.headers("manager"))
    assert (sent.status_code, sent.json["code"], sent.json["width"], sent.json["height"]) == (200, "SOAP", 480, 480)
    for role in ("device", "worker", "integration"):
        got = one_house.web.get(sent.json["picture"], headers=one_house.headers(role))
        assert (got.status_code, got.content_type, got.headers["X-Content-Type-Options"]) == (200, "image/webp", "nosniff")
        assert got.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    image = Image.open(io.BytesIO(got.data))
    assert (image.format, image.size) == ("WEBP", (480, 480))
    assert one_house.web.get(sent.json["picture"]).status_code == 401


def test_an_item_tells_its_picture_and_keeps_it_when_the_item_is_changed(one_house):
    headers = one_house.headers("manager")
    address = one_house.web.put("/api/v1/item-pictures/SOAP", data=DRAWN, content_type="image/png", headers=headers).json["picture"]
    assert one_house.web.put("/api/v1/items/SOAP", json={"name": "Soft soap"}, headers=headers).status_code == 200
    assert one_house.web.get("/api/v1/items/SOAP", headers=headers).json["kept_picture"] == address
    assert "kept_picture" not in one_house.web.get("/api/v1/items", headers=headers).json["items"][0]
    assert one_house.web.delete("/api/v1/item-pictures/SOAP", headers=headers).json == {"code": "SOAP"}
    assert one_house.web.get("/api/v1/items/SOAP", headers=headers).json["kept_picture"] is None
    assert one_house.web.get(address, headers=headers).status_code == 404


def test_an_item_whose_code_has_a_slash_has_a_picture_too(one_house):
    headers = one_house.headers("manager")
    one_house.app.database.write(lambda tx: put_item(tx, NewItem(code="A/B picture", name="Odd", packs=[NewPack("each", 1)])))
    sent = one_house.web.put("/api/v1/item-pictures/A/B%20picture", data=DRAWN, content_type="image/png", headers=headers)
    assert sent.json["code"] == "A/B picture"
