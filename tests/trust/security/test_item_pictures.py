"""Pictures of items: what is no picture is refused in both languages, only those who may change items send one, and the audit says who did."""

import json
import threading

import pytest
from sqlalchemy import text

from server.api import item_picture_routes
from server.api.picture_routes import PICTURE_BYTES_MAX
from simulators.good_pictures import picture_of
from tests.labels.pictures.test_opening import huge_png

ROUTE = "/api/v1/item-pictures/SOAP"
DRAWN, OTHER = picture_of("Soap, small"), picture_of("Soap, gift")


@pytest.fixture
def send(one_house):
    headers = one_house.headers("manager")

    def send(data, kind="image/png", path=ROUTE, language="en"):
        return one_house.web.put(path, data=data, content_type=kind, headers={**headers, "Accept-Language": language})

    return send


@pytest.mark.parametrize(("sent", "kind", "status", "code", "said", "told"), [
    (b"hello", "image/png", 422, "not_a_picture", "This is no picture", "这不是图片"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/png", 422, "not_a_picture", "This is no picture", "这不是图片"),
    (DRAWN[:500], "image/png", 422, "not_a_picture", "damaged or cut off", "已损坏或不完整"),
    (huge_png(9_000), "image/png", 422, "not_a_picture", "million", "百万像素"),
    (huge_png(60_000), "image/png", 422, "not_a_picture", "million", "百万像素"),
    (DRAWN, "image/svg+xml", 415, "picture_type", "Send a picture", "图片"),
    (b"{}", "application/json", 415, "picture_type", "Send a picture", "图片"),
    (b"\0" * (PICTURE_BYTES_MAX + 1), "image/png", 413, "picture_too_large", "10 MB", "10 MB"),
], ids=["words", "svg", "half", "large", "bomb", "said to be svg", "json", "too many bytes"])
def test_what_is_no_picture_is_refused_in_both_languages_and_nothing_is_kept(one_house, send, sent, kind, status, code, said, told):
    for language, words in (("en", said), ("zh-CN", told)):
        answer = send(sent, kind, language=language)
        assert (answer.status_code, answer.json["code"]) == (status, code)
        assert words in answer.json["detail"], answer.json
    assert one_house.app.database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM item_picture"))) == 0


def test_an_item_that_is_not_there_gets_no_picture(send, one_house):
    assert send(DRAWN, path="/api/v1/item-pictures/NOBODY").status_code == 404
    assert [one_house.web.get(f"/api/v1/pictures/{digest}", headers=one_house.headers("device")).status_code
            for digest in ("0" * 64, "x", "..%2F..%2Fetc", "%00")] == [404, 404, 404, 422]


def test_only_who_may_change_items_gives_or_takes_a_picture(one_house, send):
    assert send(DRAWN).status_code == 200
    for role, wanted in (("nobody", 401), ("device", 403), ("worker", 403), ("supervisor", 403)):
        headers = one_house.headers(role)
        assert one_house.web.put(ROUTE, data=DRAWN, content_type="image/png", headers=headers).status_code == wanted
        assert one_house.web.delete(ROUTE, headers=headers).status_code == wanted
    reader = {"Authorization": f"Bearer {one_house.key('reader', 'items:read')}"}
    assert one_house.web.delete(ROUTE, headers=reader).status_code == 403


def test_the_audit_says_who_gave_and_who_took_a_picture_and_which_was_before(one_house, send):
    first, second = (send(one).json["picture"].rpartition("/")[2] for one in (DRAWN, OTHER))
    send(OTHER)
    one_house.web.delete(ROUTE, headers=one_house.headers("admin"))
    rows = one_house.app.database.read(lambda tx: tx.rows(text("SELECT actor, subject, detail FROM audit WHERE action = 'item.picture' ORDER BY id")))
    told = [(row.actor, row.subject, *(json.loads(row.detail)[when]["digest"] for when in ("old", "new"))) for row in rows]
    assert told == [("MANAGER", "SOAP", None, first), ("MANAGER", "SOAP", first, second), ("ADMIN", "SOAP", second, None)]


def test_who_sends_while_a_picture_is_being_opened_is_told_to_come_back(send, monkeypatch):
    monkeypatch.setattr(item_picture_routes, "_at_once", threading.BoundedSemaphore(1))
    monkeypatch.setattr(item_picture_routes, "_WAIT_SECONDS", 0.05)
    item_picture_routes._at_once.acquire()
    answer = send(DRAWN)
    assert (answer.status_code, answer.json["code"], bool(answer.headers["Retry-After"])) == (429, "too_many", True)
    item_picture_routes._at_once.release()
    assert send(DRAWN).status_code == 200
