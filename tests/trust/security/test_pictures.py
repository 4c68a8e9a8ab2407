"""S26: a picture that a device sends is read and kept nowhere; what is no picture, or too much of one, is refused in words."""

import io
import threading

import pytest
from PIL import Image

from server.api import picture_routes
from server.api.factory import BODY_MAX
from server.api.picture_routes import PICTURE_BYTES_MAX
from simulators.scene import Sight, scene
from tests.labels.pictures.test_opening import huge_png
from tests.trust.security.hostile import CODES

ROUTE = "/api/v1/floor/pictures"


def saved(*texts, kind="PNG"):
    out = io.BytesIO()
    scene(texts, Sight()).save(out, kind)
    return out.getvalue()


CARD = saved("gs1-128:(01)09506000134352")


@pytest.fixture
def send(one_house):
    def send(data, kind="image/png", query="", role="device", **more):
        return one_house.web.post(ROUTE + query, data=data, content_type=kind, headers=one_house.headers(role), **more)

    return send


def test_the_codes_in_a_picture_are_told_and_mean_something_on_the_floor(one_house, send):
    answer = send(CARD)
    [code] = answer.json["codes"]
    assert (answer.status_code, code["symbology"], code["text"], code["format"]) == (200, "]C1", "0109506000134352", "code128")
    assert len(code["corners"]) == 4 and answer.json["milliseconds"] >= 0
    read = one_house.web.post("/api/v1/floor/read", json={"text": code["symbology"] + code["text"]}, headers=one_house.headers("device"))
    assert read.json["values"][0]["key"] == "SOAP"


def test_each_kind_of_picture_is_taken(send):
    for kind, media in (("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("PNG", "image/png; charset=x")):
        assert send(saved("code128:LPN-0001", kind=kind), media).json["codes"][0]["text"] == "LPN-0001"


def test_only_the_formats_that_are_asked_for_are_told(send):
    picture = saved("code128:LPN-0001", "qr:ABC")
    assert [one["text"] for one in send(picture, query="?formats=qr").json["codes"]] == ["ABC"]
    answer = send(picture, query="?formats=morse")
    assert (answer.status_code, answer.json["code"], "morse" in answer.json["detail"]) == (422, "invalid", True)


def test_a_picture_without_a_code_is_an_answer_without_one(send):
    answer = send(saved())
    assert (answer.status_code, answer.json["codes"]) == (200, [])


def test_what_is_no_picture_is_refused_in_words_and_the_next_picture_is_read(send):
    for body in (b"", b"x", b"{}", CARD[:len(CARD) // 2], b"GIF89a" + b"\0" * 100, b"%PDF-1.7", "\u202e".encode() * 50, *(code.encode("utf-8", "replace") for code in CODES[:1])):
        answer = send(body)
        assert (answer.status_code, answer.json["code"]) == (422, "not_a_picture"), body[:20]
        assert answer.content_type == "application/problem+json" and "PNG, JPEG or WebP" in answer.json["detail"]
    assert send(CARD).json["codes"]


def test_another_kind_of_body_is_refused_and_said_what_to_send(send):
    for media in ("application/json", "text/plain", "image/svg+xml", "image/gif", "multipart/form-data", ""):
        answer = send(CARD, media)
        assert (answer.status_code, answer.json["code"]) == (415, "picture_type")
        assert "image/jpeg" in answer.json["detail"]


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(send):
    for side in (9_000, 20_000, 60_000):
        answer = send(huge_png(side))
        assert (answer.status_code, answer.json["code"]) == (422, "not_a_picture")
        assert "million" in answer.json["detail"]


def test_a_picture_may_be_larger_than_other_bodies_and_not_larger_than_its_own_limit(one_house, send):
    noise = Image.effect_noise((1400, 1400), 80)
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert BODY_MAX < len(out.getvalue()) < PICTURE_BYTES_MAX
    assert send(out.getvalue()).status_code == 200
    answer = send(b"\0" * (PICTURE_BYTES_MAX + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "picture_too_large")
    other = one_house.web.post("/api/v1/floor/read", data=b"{" + b" " * BODY_MAX + b"}", content_type="application/json", headers=one_house.headers("device"))
    assert other.status_code == 413


@pytest.mark.usefixtures("nothing_is_given_back")
def test_a_device_that_floods_with_pictures_is_slowed_down_and_another_is_not(one_house, send):
    answers = [send(b"x").status_code for _ in range(15)]
    assert (answers[0], answers[-1]) == (422, 429)
    assert send(b"x").headers["Retry-After"]
    one_house.device = one_house.enrol("PDA 2")
    assert send(CARD).status_code == 200


def test_who_sends_while_two_pictures_are_being_read_is_told_to_come_back(send, monkeypatch):
    monkeypatch.setattr(picture_routes, "_at_once", threading.BoundedSemaphore(1))
    monkeypatch.setattr(picture_routes, "_WAIT_SECONDS", 0.05)
    picture_routes._at_once.acquire()
    answer = send(CARD)
    assert (answer.status_code, answer.json["code"]) == (429, "too_many")
    picture_routes._at_once.release()
    assert send(CARD).status_code == 200


def test_a_text_that_would_have_to_be_guessed_is_not_told(send):
    out = io.BytesIO()
    code = pytest.importorskip("zxingcpp").create_barcode("收货单".encode("gb18030"), pytest.importorskip("zxingcpp").BarcodeFormat.QRCode)
    Image.frombytes("L", (code.to_image(scale=4).shape[1], code.to_image(scale=4).shape[0]), bytes(memoryview(code.to_image(scale=4)).cast("B"))).save(out, "PNG")
    assert send(out.getvalue()).json["codes"] == []


def test_only_a_device_may_send_one(send):
    assert [send(CARD, role=role).status_code for role in ("nobody", "integration")] == [401, 403]
