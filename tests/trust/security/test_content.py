"""S17 to S20, S25: what others write is data for the database, the printer and the spreadsheet, never a command."""

import ast
import re
from pathlib import Path

import pytest

from labels.backends.zpl import zpl
from labels.template import template
from server.kernel.csv_cells import guarded, unguarded
from server.printing.queue import put_printer
from tests.trust.security.hostile import CODES

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = re.compile(r"[\^~][A-Z][A-Z0-9@]?")
SSCC = "095200000000000011"


def label(name, /, **values):
    """A label of ours as it goes to a printer."""
    return zpl(template(name).drawings(values), needs_font=False)


LABELS = {
    "location": lambda text: label("location", code="W1-A-01-1", check_digit=text[:4], zone=text[:40]),
    "lpn": lambda text: label("lpn", code="LPN00000001", item=text, name=text, lot=text[:40], quantity=3, document=text),
    "shipping": lambda text: label("shipping", sscc=SSCC, reference=text, number=1, carrier=text[:60], to_name=text or "-", to_city=text),
    "return": lambda text: label("return_label", code="RMA-000001", to_name=text[:128], to_address=text, order=text[:72], customer=text),
    "packing list": lambda text: label("packing_list", order=text or "-", sscc=SSCC, number=1, customer=text, lines=[
        {"item": text or "-", "name": text, "quantity": 1}]),
}
MADE_OF_OUR_OWN = {
    "server/kernel/invariants.py": "names of tables and queries that stand in our own lists",
    "server/kernel/transaction.py": "places of an INSERT, numbered", "server/kernel/tables.py": "names of tables that the database told",
    "server/kernel/dump.py": "names of tables that the database told", "server/kernel/database.py": "our own migrations and pragmas",
    "server/cli/bench_ledger.py": "a measurement's own names and numbers", "server/stock/seals.py": "numbers", "server/stock/ledger.py": "places of an INSERT, numbered",
    "server/oms/phone.py": "our own columns, put together when the module is read",
    "server/dashboard/orders_found.py": "our own filters, put together when the module is read",
}


def built_inside_functions(path):
    """Calls of text() in a function whose SQL is put together there."""
    tree = ast.parse(path.read_text())
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "text" and call.args and not isinstance(call.args[0], ast.Constant):
                yield call.lineno


def test_sql_is_put_together_where_modules_are_read_and_not_where_requests_are_answered():
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "server").rglob("*.py") if "migrations" not in path.parts and any(built_inside_functions(path))}
    assert found <= {*MADE_OF_OUR_OWN}, found - {*MADE_OF_OUR_OWN}


def test_no_filter_of_a_list_reaches_the_statement(house):
    headers = house.headers("admin")
    plain = {path: house.web.get(f"/api/v1/{path}", headers=headers).json for path in ("items", "stock", "orders", "tasks", "devices", "locations")}
    for path, name in (("items", "search"), ("stock", "item"), ("orders", "state"), ("tasks", "kind"), ("locations", "zone")):
        for code in ("' OR '1'='1", "x' UNION SELECT badge, pin_hash FROM worker --", "%'; DROP TABLE item; --"):
            answer = house.web.get(f"/api/v1/{path}", query_string={name: code[:16]}, headers=headers)
            assert answer.status_code == 200 and answer.json["items"] == [], (path, code)
    assert {path: house.web.get(f"/api/v1/{path}", headers=headers).json for path in plain} == plain


@pytest.mark.parametrize("label", LABELS)
def test_what_stands_on_a_label_is_never_a_command_of_the_printer(label):
    draw = LABELS[label]
    wanted = COMMANDS.findall(draw("Soap"))
    for code in CODES:
        drawn = draw(code.encode("utf-8", "replace").decode()[:64])
        found = COMMANDS.findall(drawn)
        assert set(found) <= {*wanted, "^FH", "^FD", "^FS", "^FO", "^A0", "^FB", "^GF"} and not {"^XZ", "~JR", "~DG", "^CC", "~CT", "^XF"} & {*found} - {*wanted}, (label, code[:40])
        assert found.count("^XA") == wanted.count("^XA") == found.count("^XZ") or label == "packing list", (label, code[:40])
        assert not set(drawn) - {"\n"} - {chr(sign) for sign in range(0x20, 0x7F)}, (label, code[:40])


def test_a_label_has_no_language_of_its_own(one_house):
    for text in ("{{7*7}}", "{% if x %}", "${7*7}", "#{7*7}", "{0.__class__}", "%(name)s", "{name}", "<%= 7*7 %>"):
        drawn = re.sub(r"_([0-9A-F]{2})", lambda sign: chr(int(sign[1], 16)), LABELS["lpn"](text))
        assert text in drawn, (text, drawn)
    assert {rule.rule.partition("<")[0] for rule in one_house.app.web.url_map.iter_rules() if "template" in rule.rule or "upload" in rule.rule} == {
        "/api/v1/label-templates", "/api/v1/label-templates/", "/api/v1/label-templates/preview"}


def test_every_hostile_code_in_a_cell_is_no_formula_and_comes_back_as_it_was():
    for code in CODES:
        cell = str(guarded(code))
        assert not re.match(r"[=+\-@\t\r＝＋－＠]", cell), code[:40]
        assert unguarded(cell) == code


def test_nobody_prints_thousands_of_labels_with_one_request(one_house):
    headers = one_house.headers("manager")
    document = one_house.web.get("/api/openapi.json").json
    several = [schema["properties"]["copies"]["maximum"] for schema in document["components"]["schemas"].values() if "copies" in schema.get("properties", {})]
    assert several == [500]
    one_house.app.database.write(lambda tx: put_printer(tx, "zebra", one_house.site_id, "socket://127.0.0.1:9"))
    for copies in (501, 10_000, 0, -1):
        asked = {"template": "location", "values": {"code": "A"}, "copies": copies}
        assert one_house.web.post("/api/v1/printers/zebra/labels", json=asked, headers=headers).status_code == 422
    many = {"site": "W1", "locations": ["W1-A-01-1"] * 5_001}
    assert one_house.web.post("/api/v1/location-labels", json=many, headers=headers).status_code == 422
