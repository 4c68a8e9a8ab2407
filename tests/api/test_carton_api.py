"""The cartons of a warehouse over the API, and which of them a packer is told to take: the real search, in its own process."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.app import App, Settings
from server.kernel.database import Database
from server.masterdata.api_keys import SCOPES, make_api_key
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.sites import add_site
from server.wms.cartons.advising import Advising
from tests.waiting import until
from tests.warehouse import ITEMS, Warehouse

S = {"site": "W1", "length_mm": 200, "width_mm": 150, "height_mm": 100, "max_weight_g": 5_000, "own_weight_g": 90}
M = {**S, "length_mm": 300, "width_mm": 200, "height_mm": 150, "max_weight_g": 15_000}
SIDES = {"SOAP": (90, 60, 30), "TEA": (80, 80, 140)}


class PackTable:
    """A warehouse with a server over it, in which an order of one soap and one tea waits to be packed."""

    def __init__(self, url, folder):
        self.floor = Warehouse(Database(url)).open()
        self.pda = self.floor.picked("R-1")
        self.release = self.floor.one("SELECT code FROM release")
        self.app = App(Settings(database_url=url, var_folder=folder, client_folder=folder, requests_a_second=1e6))
        self.web = self.app.web.test_client()
        self.headers = self.bearer(self.write(lambda tx: make_api_key(tx, "office", list(SCOPES)).key))

    def write(self, work):
        return self.app.database.write(work)

    def bearer(self, token):
        return {"Authorization": f"Bearer {token}"}

    def device_of(self, site_id):
        return self.bearer(self.write(lambda tx: enrol(tx, make_enrolment_code(tx, site_id)[0], "PDA").token))

    def call(self, method, path, body=None, headers=None):
        return self.web.open(f"/api/v1/{path}", method=method, json=body, headers=headers or self.headers)

    def advice(self, release=None):
        """What is told when it has been worked out, as the handheld asks for it."""
        answer = None

        def is_told():
            nonlocal answer
            answer = self.app.web.test_client().get(f"/api/v1/releases/{release or self.release}/cartons", headers=self.headers)
            assert answer.status_code == 200, answer.text
            return answer.json["state"] != "not_yet"

        assert until(is_told)
        return answer.json

    def measure(self, *items):
        for item in items:
            sides = dict(zip(("length_mm", "width_mm", "height_mm"), SIDES[item], strict=True))
            self.write(lambda tx, item=item, sides=sides: tx.execute(text(
                "UPDATE item SET length_mm = :length_mm, width_mm = :width_mm, height_mm = :height_mm WHERE code = :item"), {"item": item, **sides}))


@pytest.fixture
def table(database_url, tmp_path):
    made = PackTable(database_url, tmp_path)
    yield made
    made.app.database.close()
    made.floor.database.close()


@pytest.fixture
def one_table(sqlite_url, tmp_path):
    made = PackTable(sqlite_url, tmp_path)
    yield made
    made.app.database.close()
    made.floor.database.close()


def test_cartons_are_put_changed_listed_blocked_and_taken_away(table):
    assert table.call("PUT", "carton-types/S", S).json == {"code": "S", "changed": True}
    assert table.call("PUT", "carton-types/S", S).json == {"code": "S", "changed": False}
    table.call("PUT", "carton-types/M", {**M, "blocked": True})
    rows = {row["code"]: row for row in table.call("GET", "carton-types?site=W1").json["items"]}
    assert (rows["S"]["max_weight_g"], rows["S"]["blocked"], rows["M"]["blocked"]) == (5_000, False, True)
    assert table.call("DELETE", "carton-types/S?site=W1").status_code == 204
    gone = table.call("DELETE", "carton-types/S?site=W1")
    assert (gone.status_code, gone.json["code"]) == (404, "not_found")
    assert [row["code"] for row in table.call("GET", "carton-types").json["items"]] == ["M"]


WRONG = ({"length_mm": 0}, {"height_mm": -1}, {"width_mm": 20_001}, {"max_weight_g": -1}, {"own_weight_g": "light"}, {"blocked": "perhaps"},
         {"colour": "brown"}, {"site": "W9"})


def test_a_carton_that_cannot_be_is_refused_and_nothing_is_kept(one_table):
    answers = [one_table.call("PUT", "carton-types/S", {**S, **wrong}) for wrong in WRONG]
    assert [answer.status_code for answer in answers] == [422] * 7 + [404]
    assert [one_table.call("PUT", f"carton-types/{code}", S).status_code for code in ("S" * 33, "%20", "S%20")] == [422] * 3
    never = one_table.call("PUT", "carton-types/S", {**S, "max_weight_g": 100, "own_weight_g": 500})
    assert (never.status_code, "nothing could go in" in never.json["detail"]) == (422, True)
    nowhere = one_table.call("DELETE", "carton-types/S")
    assert (nowhere.status_code, nowhere.json["args"]["field"]) == (422, "site")
    assert one_table.call("GET", "carton-types").json["items"] == []


def test_the_packer_is_told_the_smallest_carton_for_what_is_left_and_how_it_is_filled(table):
    table.measure("SOAP", "TEA")
    table.call("PUT", "carton-types/S", S)
    table.call("PUT", "carton-types/M", M)
    told = table.advice()
    assert (told["state"], told["pieces"], told["cartons"]) == ("chosen", 2, [{"carton": "S", "count": 1}])
    assert [[one["item"] for one in step["items"]] for step in told["first"]["steps"]] == [["TEA"], ["SOAP"]]
    assert told["first"]["picture"].startswith("<svg") and told["first"]["weight_g"] == 290
    table.pda.scan("TOTE-5")
    table.pda.scan(ITEMS["TEA"])
    table.pda.scan("CMD-DONE")
    assert (table.floor.one("SELECT SUM(packed) FROM release_line"), table.advice()["pieces"]) == (1, 1)
    table.write(lambda tx: tx.execute(text("UPDATE release_line SET ordered = 5, allocated = 5, picked = 5, packed = packed + 2"), {}))
    assert table.advice()["pieces"] == (5 - 3) + (5 - 2)


def test_what_is_not_known_leads_to_no_advice_and_is_named(table):
    table.call("PUT", "carton-types/S", S)
    table.measure("SOAP")
    table.write(lambda tx: tx.execute(text("UPDATE item SET weight_g = 0 WHERE code = 'SOAP'")))
    told = table.advice()
    assert (told["state"], told["cartons"], told["first"]) == ("unmeasured", [], None)
    assert told["lacking"] == [{"item": "SOAP", "lacks": ["weight"]}, {"item": "TEA", "lacks": ["size"]}]
    table.call("PUT", "carton-types/S", {**S, "max_weight_g": 0})
    assert table.advice()["lacking"] == [{"item": "TEA", "lacks": ["size"]}]


def test_volume_alone_is_no_size_for_a_packer(one_table):
    """A rod of a hundred millilitres goes into no small carton."""
    one_table.call("PUT", "carton-types/S", S)
    one_table.measure("SOAP")
    one_table.write(lambda tx: tx.execute(text("UPDATE item SET volume_ml = 100 WHERE code = 'TEA'")))
    assert one_table.advice()["state"] == "unmeasured"


def test_without_cartons_or_with_nothing_left_there_is_nothing_to_advise(one_table):
    one_table.measure("SOAP", "TEA")
    assert one_table.advice()["state"] == "no_cartons"
    one_table.call("PUT", "carton-types/S", {**S, "blocked": True})
    assert one_table.advice()["state"] == "no_cartons"
    one_table.write(lambda tx: tx.execute(text("UPDATE release_line SET packed = picked")))
    assert one_table.advice()["state"] == "nothing_left"


@pytest.mark.parametrize(("change", "state"), [
    ("UPDATE item SET length_mm = 2000 WHERE code = 'TEA'", "none_fits"), ("UPDATE item SET weight_g = 9000 WHERE code = 'TEA'", "none_fits"),
    ("UPDATE release_line SET ordered = 10000, allocated = 10000, picked = 10000", "too_many")])
def test_what_goes_into_no_carton_is_said_and_no_search_runs_wild(one_table, change, state):
    one_table.measure("SOAP", "TEA")
    one_table.call("PUT", "carton-types/S", S)
    one_table.write(lambda tx: tx.execute(text(change)))
    told = one_table.advice()
    assert (told["state"], told["cartons"], told["first"]) == (state, [], None)


def test_an_order_that_is_unknown_or_of_another_warehouse_is_not_told(table):
    unknown = table.call("GET", "releases/NOBODYS-1/cartons")
    assert (unknown.status_code, unknown.json["code"]) == (404, "not_found")
    stranger = table.device_of(table.write(lambda tx: add_site(tx, "W2", "Other")))
    foreign = table.call("GET", f"releases/{table.release}/cartons", headers=stranger)
    assert (foreign.status_code, foreign.json["code"]) == (403, "not_allowed")
    assert table.call("GET", f"releases/{table.release}/cartons", headers=table.device_of(table.floor.site_id)).status_code == 200
    assert table.web.get(f"/api/v1/releases/{table.release}/cartons").status_code == 401


def test_twenty_packers_who_ask_at_once_are_all_answered(one_table):
    one_table.measure("SOAP", "TEA")
    one_table.call("PUT", "carton-types/S", S)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: one_table.advice(), range(20)))
    assert [answer["cartons"] for answer in answers] == [[{"carton": "S", "count": 1}]] * 20


def test_the_parcels_of_an_order_say_their_carton_and_its_outer_sides(table):
    table.call("PUT", "carton-types/S", {**S, "outer_length_mm": 210, "outer_width_mm": 160, "outer_height_mm": 110})
    assert table.call("GET", f"releases/{table.release}/parcels").json == {"items": [], "next": None}
    for scans in (("TOTE-5", ITEMS["SOAP"], "S", "CMD-DONE"), (ITEMS["TEA"],)):
        for scan in scans:
            table.pda.scan(scan)
    first, second = table.call("GET", f"releases/{table.release}/parcels").json["items"]
    assert (len(first.pop("sscc")), first) == (18, {"number": 1, "state": "closed", "weight_g": 90 + 100, "carton": "S", "length_mm": 210, "width_mm": 160, "height_mm": 110})
    assert (second["carton"], second["length_mm"]) == ("", 0)
    stranger = table.device_of(table.write(lambda tx: add_site(tx, "W2", "Other")))
    assert table.call("GET", f"releases/{table.release}/parcels", headers=stranger).status_code == 403
    assert table.call("GET", "releases/NOBODYS-1/parcels").status_code == 404


@pytest.mark.parametrize("outer", [{"outer_length_mm": 210}, {"outer_length_mm": 199, "outer_width_mm": 160, "outer_height_mm": 110}, {"outer_length_mm": -1}])
def test_outer_sides_are_all_three_and_no_shorter_than_the_inner_ones(one_table, outer):
    assert one_table.call("PUT", "carton-types/S", {**S, **outer}).status_code == 422
    assert one_table.call("GET", "carton-types").json["items"] == []


def test_an_order_of_many_pieces_is_told_all_its_cartons_and_what_goes_into_each(one_table):
    one_table.measure("SOAP", "TEA")
    one_table.call("PUT", "carton-types/M", {**M, "max_weight_g": 0})
    one_table.write(lambda tx: tx.execute(text("UPDATE release_line SET ordered = 60, allocated = 60, picked = 60")))
    told = one_table.advice()
    assert (told["state"], told["pieces"], told["cartons"][0]["carton"]) == ("chosen", 120, "M")
    assert [one["carton"] for one in told["split"]] == ["M"] * told["cartons"][0]["count"] and len(told["split"]) > 1
    assert {item: sum(one["count"] for part in told["split"] for one in part["items"] if one["item"] == item) for item in ("SOAP", "TEA")} == {"SOAP": 60, "TEA": 60}


def test_a_changed_carton_is_advised_at_once(one_table):
    one_table.measure("SOAP", "TEA")
    one_table.call("PUT", "carton-types/S", S)
    one_table.call("PUT", "carton-types/M", M)
    assert one_table.advice()["first"]["carton"] == "S"
    one_table.call("PUT", "carton-types/S", {**S, "blocked": True})
    assert one_table.advice()["first"]["carton"] == "M"


def test_work_goes_on_while_a_carton_is_looked_for(one_table, tmp_path):
    """The search holds no transaction: another one writes meanwhile."""
    one_table.measure("SOAP", "TEA")
    one_table.call("PUT", "carton-types/S", S)
    begun, end = tmp_path / "begun", tmp_path / "end"
    slow = tmp_path / "slow.py"
    slow.write_text(f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\nwhile not pathlib.Path({str(end)!r}).exists():\n    time.sleep(0.01)\n"
                    "print('{\"state\": \"chosen\", \"cartons\": [], \"first\": null}')\n")
    object.__setattr__(one_table.app.parts, "advising", Advising(command=(sys.executable, str(slow)), child_seconds=20))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(one_table.advice)
        while not begun.exists():
            assert not asked.done()
        assert one_table.call("PUT", "carton-types/M", M).json["changed"]
        assert not asked.done()
        end.touch()
        assert asked.result()["state"] == "chosen"
