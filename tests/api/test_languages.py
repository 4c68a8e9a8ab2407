"""What the API refuses is said in the language that the caller asks for: English for programs, Chinese for pages in Chinese."""

import re

import pytest

from server.masterdata.devices import revoke_device
from server.masterdata.sites import site_id_of
from server.printing.queue import NewLabel, print_label, put_printer
from server.printing.spooler import Spooler
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort
from tests.api.socket_client import SocketClient

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
HAN = re.compile(r"[一-鿿]")
PLACE = {"site": "W1", "pattern": "W1-A-01-1"}
KINDS = [
    (401, ("GET", "orders", "nobody", None), "Sign in first.", "请先登录。"),
    (403, ("GET", "workers", "worker", None), "Your role does not allow this. Ask a supervisor.", "您的角色无权操作，请找主管。"),
    (404, ("GET", "waves/99", "admin", None), "There is no wave 99.", "没有波次 99。"),
    (404, ("GET", "nowhere", "admin", None), "There is nothing at this address. See /api/docs.", "此地址没有内容，请查看 /api/docs。"),
    (409, ("POST", "locations", "admin", PLACE), "Location W1-A-01-1 exists already.", "库位 W1-A-01-1 已存在。"),
    (422, ("POST", "location-labels", "admin", {"site": 7}), "The request does not fit: json.site: Input should be a valid string.", "请求有误：json.site：须为文本。"),
    (422, ("POST", "location-labels", "admin", {}), "The request does not fit: json.site: Field required.", "请求有误：json.site：必填。"),
]


def ask(house, call, headers=None):
    method, path, role, body = call
    return house.web.open(f"/api/v1/{path}", method=method, json=body, headers={**house.headers(role), **(headers or {})})


@pytest.mark.parametrize(("status", "call", "english", "chinese"), KINDS)
def test_a_refusal_is_said_in_english_to_whom_asks_for_nothing(one_house, status, call, english, chinese):
    answer = ask(one_house, call)
    assert (answer.status_code, answer.json["detail"], answer.headers["Content-Language"]) == (status, english, "en")


@pytest.mark.parametrize(("status", "call", "english", "chinese"), KINDS)
def test_a_refusal_is_said_in_chinese_to_whom_asks_for_it(one_house, status, call, english, chinese):
    answer = ask(one_house, call, CHINESE)
    assert (answer.status_code, answer.json["detail"], answer.headers["Content-Language"]) == (status, chinese, "zh-CN")


def test_a_title_is_said_in_chinese_too(one_house):
    assert ask(one_house, ("GET", "orders", "nobody", None), CHINESE).json["title"] == "未登录"


def test_codes_for_programs_are_the_same_in_every_language(one_house):
    call = ("POST", "location-labels", "admin", {"site": 7})
    english, chinese = ask(one_house, call).json, ask(one_house, call, CHINESE).json
    assert [(one["type"], one["status"], one["code"], one["errors"][0]["where"]) for one in (english, chinese)] == [("/api/docs#invalid", 422, "invalid", "json.site")] * 2


def test_every_place_that_is_wrong_is_told_in_chinese(one_house):
    errors = ask(one_house, ("POST", "location-labels", "admin", {"site": "W1" * 20, "more": 1}), CHINESE).json["errors"]
    assert [one["what"] for one in errors] == ["最多 16 个字符", "不允许有此项"]


def test_wrong_tries_that_are_too_many_are_told_in_both_languages(one_house):
    def guess(headers):
        return one_house.web.post("/api/v1/sessions", json={"badge": "worker", "pin": "000001"}, headers={**one_house.headers("device"), **headers})

    answers = [guess(CHINESE) for _ in range(6)]
    assert answers[0].json["detail"] == "工牌或密码不正确。请检查后重试。"
    assert re.fullmatch(r"错误次数太多。请等待 \d+ 秒后再试。", answers[-1].json["detail"])
    assert answers[-1].status_code == 429
    assert re.fullmatch(r"Too many wrong tries. Wait \d+ seconds, then try again.", guess({}).json["detail"])


@pytest.mark.parametrize(("asked", "sentence"), [
    ({}, "This device was revoked"), ({"language": "en"}, "This device was revoked"), ({"language": "zh-CN"}, "此设备已注销"), ({"language": 7}, "This device was revoked")])
def test_what_a_socket_refuses_is_said_in_the_language_of_the_event(one_house, asked, sentence):
    token = one_house.web.post("/api/v1/socket-tokens", headers=one_house.headers("device")).json["token"]
    client = SocketClient(one_house.app, {"token": token})
    one_house.app.database.write(lambda tx: revoke_device(tx, 1))
    body = {"epoch": "epoch-0001", "operations": [{}], **asked}
    assert sentence in client.emit("operations", body, callback=True)["error"]["detail"]


@pytest.fixture
def stopped(one_house):
    """A house whose printer is open, and a label that waits for it."""
    printer = LabelPrinter(label_seconds=0.01)
    printer.fail("head-open")
    port = TcpPort(printer)

    def work(tx):
        put_printer(tx, "dock", site_id_of(tx, "W1"), port.url)
        print_label(tx, site_id_of(tx, "W1"), NewLabel(label="lpn", code="LPN1", zpl="^XA^FDx^FS^XZ"))

    one_house.app.database.write(work)
    spooler = Spooler(one_house.app.database)
    spooler.print_waiting()
    spooler.stop()
    yield one_house
    port.close()


def test_why_a_label_waits_is_said_in_both_languages(stopped):
    call = ("GET", "print-jobs", "supervisor", None)
    english, chinese = (ask(stopped, call, headers).json["items"][0]["error"] for headers in ({}, CHINESE))
    assert english.endswith("Close the print head until it clicks; the rest comes out by itself.")
    assert re.fullmatch(r"dock.* 的打印机打印头打开。请合上直到听到咔嗒声，其余标签会自动打印。", chinese)


def test_how_a_printer_is_is_said_in_both_languages(stopped):
    call = ("GET", "printers", "supervisor", None)
    english, chinese = (ask(stopped, call, headers).json["items"][0]["sentence"] for headers in ({}, CHINESE))
    assert english.startswith("The printer at")
    assert HAN.search(chinese)
    assert chinese.endswith("其余标签会自动打印。")
