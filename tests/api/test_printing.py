"""Printers over HTTP: how they are, what waits, and the answers that a label of which nobody can tell needs."""

import pytest
from sqlalchemy import text

from server.masterdata.sites import site_id_of
from server.printing.queue import NewLabel, print_label, put_printer
from server.printing.spooler import Spooler
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort


class Dock:
    """A house with a printer."""

    def __init__(self, house, url: str) -> None:
        self.house = house
        self.headers = house.headers("supervisor")
        house.app.database.write(lambda tx: put_printer(tx, "dock", site_id_of(tx, "W1"), url))

    def ask(self, code: str) -> int:
        return self.house.app.database.write(lambda tx: print_label(tx, site_id_of(tx, "W1"), NewLabel(label="lpn", code=code, zpl="^XA^FDx^FS^XZ")))

    def print(self) -> None:
        spooler = Spooler(self.house.app.database)
        spooler.print_waiting()
        spooler.stop()

    def get(self, path: str) -> list[dict]:
        answer = self.house.web.get(f"/api/v1/{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json["items"]

    def post(self, path: str, body=None):
        return self.house.web.post(f"/api/v1/{path}", json=body, headers=self.headers)

    def make_unknown(self, number: int) -> None:
        self.house.app.database.write(lambda tx: tx.execute(text("UPDATE print_job SET state = 'unknown', sent_at = 1 WHERE id = :id"), {"id": number}))


@pytest.fixture
def printer():
    return LabelPrinter(label_seconds=0.01)


@pytest.fixture
def dock(house, printer):
    port = TcpPort(printer)
    yield Dock(house, port.url)
    port.close()


def test_a_printer_tells_its_condition_and_its_queue(dock, printer):
    assert (dock.get("printers")[0]["condition"], dock.get("printers")[0]["waiting"]) == ("", 0)
    printer.fail("head-open")
    dock.ask("LPN1")
    dock.print()
    one, = dock.get("printers")
    assert (one["condition"], one["waiting"], one["held"], one["unknown"]) == ("head_open", 1, 1, 0)
    assert "Close the print head" in one["sentence"]
    job, = dock.get("print-jobs?state=held")
    assert (job["code"], job["error"]) == ("LPN1", one["sentence"])
    printer.heal("head-open")
    dock.print()
    one, = dock.get("printers")
    assert (one["condition"], one["waiting"], one["odometer"], one["model"]) == ("ready", 0, 1001, "ZD421-203dpi")
    assert [job["state"] for job in dock.get("print-jobs")] == ["printed"]


def test_a_state_that_there_is_not_is_refused(dock):
    assert dock.house.web.get("/api/v1/print-jobs?state=waiting", headers=dock.headers).status_code == 422


def test_a_label_of_which_nobody_can_tell_is_answered_once(dock):
    number = dock.ask("LPN1")
    assert dock.post(f"print-jobs/{number}/answer", {"came_out": True}).status_code == 409
    dock.make_unknown(number)
    assert dock.post(f"print-jobs/{number}/answer", {}).status_code == 422
    assert dock.post(f"print-jobs/{number}/answer", {"came_out": True}).json == {"id": number, "came_out": True}
    assert dock.post(f"print-jobs/{number}/answer", {"came_out": False}).status_code == 409
    assert dock.post("print-jobs/999/answer", {"came_out": True}).status_code == 404


def test_a_label_that_did_not_come_out_is_printed_again_with_its_mark(dock, printer):
    number = dock.ask("LPN1")
    dock.make_unknown(number)
    again = dock.post(f"print-jobs/{number}/answer", {"came_out": False}).json["id"]
    assert again != number
    dock.print()
    assert [b"REPRINT" in label for label in printer.labels] == [True]


def test_reprint_cancel_and_test_label(dock, printer):
    number = dock.ask("LPN1")
    again = dock.post(f"print-jobs/{number}/reprint")
    assert (again.status_code, again.json["reprint_of_id"]) == (201, number)
    assert dock.post(f"print-jobs/{number}/cancel").status_code == 200
    assert dock.post(f"print-jobs/{number}/cancel").status_code == 409
    assert dock.post("print-jobs/999/cancel").status_code == 404
    assert dock.post("printers/dock/test").status_code == 201
    assert dock.post("printers/nobody/test").status_code == 404
    dock.print()
    assert [b"REPRINT" in label for label in printer.labels] == [True, False]


def test_a_printer_gets_its_neighbour_and_loses_it(dock):
    headers = dock.headers = dock.house.headers("manager")
    put = {"site": "W1", "url": "socket://10.0.0.2:9100"}
    assert dock.house.web.put("/api/v1/printers/pack", json={**put, "neighbour": "dock", "after_seconds": 20}, headers=headers).status_code == 200
    assert [(one["neighbour"], one["after_seconds"]) for one in dock.get("printers")] == [(None, None), ("dock", 20)]
    assert dock.house.web.put("/api/v1/printers/pack", json=put, headers=headers).status_code == 200
    assert dock.get("printers")[1]["neighbour"] == "dock"
    assert dock.house.web.put("/api/v1/printers/pack", json={**put, "neighbour": "pack"}, headers=headers).status_code == 422
    assert dock.house.web.put("/api/v1/printers/pack", json={**put, "neighbour": "nobody"}, headers=headers).status_code == 404
    assert dock.house.web.put("/api/v1/printers/pack", json={**put, "neighbour": ""}, headers=headers).status_code == 200
    assert dock.get("printers")[1]["neighbour"] is None


def test_the_last_labels_are_told_newest_first_with_what_stands_on_them(dock, printer):
    numbers = [dock.ask(f"LPN{number}") for number in range(30)]
    last = dock.get("print-jobs/last")
    assert [job["id"] for job in last] == numbers[:5:-1]
    told = dock.house.web.get(f"/api/v1/print-jobs/{numbers[0]}/payload", headers=dock.headers)
    assert told.json == {"id": numbers[0], "label": "lpn", "code": "LPN0", "payload": "^XA^FDx^FS^XZ"}
    assert dock.house.web.get("/api/v1/print-jobs/999/payload", headers=dock.headers).status_code == 404
    dock.print()
    assert dock.get("printers")[0]["last_label"] == "LPN29"


def test_what_stands_on_a_label_is_told_to_no_key_and_no_worker(dock):
    number = dock.ask("LPN1")
    for role in ("nobody", "device", "worker", "integration"):
        answer = dock.house.web.get(f"/api/v1/print-jobs/{number}/payload", headers=dock.house.headers(role))
        assert answer.status_code == (401 if role == "nobody" else 403), role


def test_a_printer_is_set_to_never_answer_by_a_manager_and_keeps_it_when_it_is_changed(dock, house):
    assert dock.get("printers")[0]["answers"] == "yes"
    assert house.web.put("/api/v1/printers/dock/answers", json={"answers": "no"}, headers=dock.headers).status_code == 403
    manager = dock.headers = house.headers("manager")
    answer = house.web.put("/api/v1/printers/dock/answers", json={"answers": "no"}, headers=manager)
    assert (answer.status_code, answer.json) == (200, {"name": "dock", "answers": "no"})
    for body in ({"answers": "maybe"}, {"answers": None}, {}, {"answers": "no", "more": 1}):
        assert house.web.put("/api/v1/printers/dock/answers", json=body, headers=manager).status_code == 422
    assert house.web.put("/api/v1/printers/nobody/answers", json={"answers": "no"}, headers=manager).status_code == 404
    put = {"site": "W1", "url": "socket://10.0.0.9:9100"}
    for more, answers in (({}, "no"), ({"answers": "yes"}, "yes"), ({"answers": "no"}, "no")):
        assert house.web.put("/api/v1/printers/dock", json=put | more, headers=manager).status_code == 200
        assert dock.get("printers")[0]["answers"] == answers
