import json

import pytest

from server.api.description import FILES
from tests.api.conftest import House
from tests.conftest import fresh_url

ORDER = {"site": "W1", "reference": "100", "customer": "Erika", "lines": [{"item": "SOAP", "quantity": 3}]}


def test_an_order_is_promised_in_its_answer_and_the_same_again_is_the_same(house):
    headers = house.headers("supervisor")
    first = house.web.post("/api/v1/orders", json=ORDER, headers=headers)
    assert (first.status_code, first.json["lines"]) == (201, [{"number": 1, "item": "SOAP", "quantity": 3, "promised": 0}])
    again = house.web.post("/api/v1/orders", json=ORDER, headers=headers)
    assert (again.status_code, again.json["number"]) == (200, first.json["number"])
    other = house.web.post("/api/v1/orders", json={**ORDER, "customer": "Max"}, headers=headers)
    assert (other.status_code, other.content_type, other.json["code"]) == (409, "application/problem+json", "conflict")


def test_an_order_with_wrong_lines_names_each_and_leaves_nothing(house):
    headers = house.headers("supervisor")
    bad = {**ORDER, "lines": [{"item": "NONE", "quantity": 1}, {"item": "SOAP", "quantity": 1}, {"item": "GHOST", "quantity": 2}]}
    answer = house.web.post("/api/v1/orders", json=bad, headers=headers)
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json["errors"]] == ["line 1: item", "line 3: item"]
    assert house.web.get("/api/v1/orders", headers=headers).json == {"items": [], "next": None}


def test_an_order_without_a_reference_is_asked_for_one(house):
    body = {key: value for key, value in ORDER.items() if key != "reference"}
    headers = house.headers("supervisor")
    assert house.web.post("/api/v1/orders", json=body, headers=headers).status_code == 422
    keyed = {**headers, "Idempotency-Key": "k-1"}
    assert house.web.post("/api/v1/orders", json=body, headers=keyed).status_code == 201
    assert house.web.post("/api/v1/orders", json=body, headers=keyed).status_code == 200


def test_a_key_of_one_order_cannot_make_another(house):
    headers = {**house.headers("supervisor"), "Idempotency-Key": "k-2"}
    assert house.web.post("/api/v1/orders", json=ORDER, headers=headers).status_code == 201
    again = house.web.post("/api/v1/orders", json=ORDER, headers=headers)
    assert (again.status_code, again.json["repeated"]) == (200, True)
    other = house.web.post("/api/v1/orders", json={**ORDER, "reference": "200"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "conflict")
    fresh = {**headers, "Idempotency-Key": "k-3"}
    assert house.web.post("/api/v1/orders", json=ORDER, headers=fresh).json["number"] == again.json["number"]


def test_a_refused_order_leaves_its_key_free(house):
    headers = {**house.headers("supervisor"), "Idempotency-Key": "k-4"}
    bad = {**ORDER, "lines": [{"item": "NONE", "quantity": 1}]}
    assert house.web.post("/api/v1/orders", json=bad, headers=headers).status_code == 422
    assert house.web.post("/api/v1/orders", json=ORDER, headers=headers).status_code == 201


def test_a_printer_on_the_network_is_kept_and_a_folder_is_refused(house):
    headers = house.headers("manager")
    body = {"site": "W1", "url": "socket://10.0.0.41:9100", "zone": "PACK"}
    assert house.web.put("/api/v1/printers/zebra", json=body, headers=headers).status_code == 200
    assert house.web.get("/api/v1/printers", headers=headers).json["items"][0]["url"] == body["url"]
    for url in ("file:///etc/cron.d", "socket://host", "socket://host:9100/../x", "http://10.0.0.1"):
        assert house.web.put("/api/v1/printers/zebra", json={**body, "url": url}, headers=headers).status_code == 422, url


def test_an_order_is_cancelled_once(house):
    headers = house.headers("supervisor")
    number = house.web.post("/api/v1/orders", json=ORDER, headers=headers).json["number"]
    assert house.web.post(f"/api/v1/orders/{number}/cancel", json={"reason": "x"}, headers=headers).status_code == 200
    assert house.web.post(f"/api/v1/orders/{number}/cancel", json={"reason": "x"}, headers=headers).json["code"] == "order_gone_too_far"


def test_lists_come_in_pages_and_each_row_once(house):
    headers = house.headers("admin")
    for number in range(7):
        assert house.web.put(f"/api/v1/items/I-{number}", json={"name": f"Item {number}"}, headers=headers).status_code == 200
    seen, cursor = [], ""
    while cursor is not None:
        found = house.web.get(f"/api/v1/items?limit=3&cursor={cursor}", headers=headers).json
        seen += [row["code"] for row in found["items"]]
        cursor = found["next"]
    assert seen == ["SOAP", *(f"I-{number}" for number in range(7))]
    assert house.web.get("/api/v1/items?cursor=%21%21", headers=headers).status_code == 422


def test_locations_come_from_a_pattern_all_or_none(house):
    headers = house.headers("admin")
    body = {"site": "W1", "pattern": "W1-{B..C}-{01..03}-{1..2}"}
    assert house.web.post("/api/v1/locations", json=body, headers=headers).json == {"made": 12}
    clash = house.web.post("/api/v1/locations", json={"site": "W1", "pattern": "W1-{C..D}-{01..03}-{1..2}"}, headers=headers)
    assert clash.status_code == 409
    assert len(house.web.get("/api/v1/locations?zone=D", headers=headers).json["items"]) == 0
    assert len(house.web.get("/api/v1/locations?zone=C", headers=headers).json["items"]) == 6


def test_an_asn_is_announced_and_read_back(house):
    headers = house.headers("supervisor")
    body = {"code": "ASN-1", "site": "W1", "lines": [{"item": "SOAP", "quantity": 12, "lot": "L1", "expiry": "2027-06-30"}]}
    assert house.web.post("/api/v1/asns", json=body, headers=headers).status_code == 201
    assert house.web.post("/api/v1/asns", json=body, headers=headers).status_code == 409
    assert house.web.get("/api/v1/inbound/ASN-1", headers=headers).json["lines"][0]["item"] == "SOAP"


@pytest.mark.parametrize(("method", "path", "data", "status"), [
    ("GET", "/api/v1/nothing", None, 404), ("PATCH", "/api/v1/items", None, 405), ("POST", "/api/v1/orders", b"{", 400),
    ("POST", "/api/v1/orders", b"[]", 422), ("POST", "/api/v1/orders", b"null", 422), ("POST", "/api/v1/orders", b"x" * 1_100_000, 413),
    ("POST", "/api/v1/orders", b"\xff\xfe", 400), ("GET", "/api/v1/items?limit=0", None, 422),
    ("GET", "/api/v1/items?limit=99999999999999999999", None, 422),
    ("POST", "/api/v1/orders", json.dumps({**ORDER, "customer": "a\0b"}).encode(), 422),
    ("POST", "/api/v1/orders", b'{"site": "W1", "reference": "\\ud800", "lines": [{"item": "SOAP", "quantity": 1}]}', 422),
    ("POST", "/api/v1/orders", json.dumps({**ORDER, "lines": [{"item": "SOAP", "quantity": 10**30}]}).encode(), 422),
    ("POST", "/api/v1/orders", b"[" * 20_000, 400), ("GET", "/api/v1/items/a%00b", None, 422), ("GET", "/api/v1/items?search=%00", None, 422),
])
def test_rubbish_gets_a_problem_document_and_the_next_good_call_works(house, method, path, data, status):
    headers = house.headers("supervisor")
    answer = house.web.open(path, method=method, data=data, headers=headers, content_type="application/json" if data else None)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    assert {"type", "title", "status", "code", "detail"} <= answer.json.keys()
    assert "Traceback" not in answer.text
    assert house.web.get("/api/v1/items", headers=headers).status_code == 200


def test_every_answer_carries_the_headers_that_keep_browsers_safe(one_house):
    for path in ("/", "/healthz", "/api/v1/items", "/nothing", "/api/openapi.json"):
        headers = one_house.web.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_description_is_openapi_3_1_and_every_body_has_an_example(one_house):
    document = one_house.web.get("/api/openapi.json").json
    assert document["openapi"] == "3.1.0"
    contents = [route["requestBody"]["content"] for methods in document["paths"].values() for route in methods.values() if "requestBody" in route]
    bodies = [content["application/json"]["schema"]["$ref"].split("/")[-1] for content in contents if "image/png" not in content]
    assert len(bodies) > 15
    assert [name for name in bodies if "examples" not in document["components"]["schemas"][name]] == []
    assert "script-src" not in one_house.web.get("/api/docs").text
    assert one_house.web.get("/api/docs/docs.js").status_code == 200


def test_every_answer_is_shown_by_an_example_and_every_error_is_a_problem(one_house):
    document = one_house.web.get("/api/openapi.json").json
    routes = [(path, route) for path, methods in document["paths"].items() for route in methods.values() if "responses" in route]
    without = [path for path, route in routes for status, answer in route["responses"].items()
               if status in ("200", "201") and path != "/metrics" and path not in FILES and "example" not in answer["content"]["application/json"]]
    assert without == []
    assert len({route["operationId"] for _, route in routes}) == len(routes)
    assert all(list(answer["content"]) == ["application/problem+json"] for _, route in routes
               for status, answer in route["responses"].items() if status >= "400")


def test_the_examples_are_what_the_server_answers(one_house):
    document = one_house.web.get("/api/openapi.json").json
    headers = one_house.headers("admin")
    one_house.key("web shop")
    for path in ("items", "locations", "workers", "devices", "stock", "printers", "tasks", "orders", "asns", "api-keys"):
        shown = document["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]["application/json"]["example"]
        told = one_house.web.get(f"/api/v1/{path}", headers=headers).json
        assert told.keys() == shown.keys()
        if told["items"]:
            assert told["items"][0].keys() == shown["items"][0].keys(), path


def test_what_belongs_to_another_warehouse_is_not_the_devices_business(house):
    headers = house.headers("supervisor")
    answer = house.web.post("/api/v1/orders", json={**ORDER, "site": "W2"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


def test_a_server_is_ready_when_its_database_takes_work(house):
    answer = house.web.get("/readyz")
    assert (answer.status_code, answer.json["reasons"]) == (200, [])


def test_an_error_that_nobody_foresaw_shows_no_trace(one_house, monkeypatch):
    monkeypatch.setattr(one_house.app.engine, "pull", lambda *_: 1 / 0)
    answer = one_house.web.get("/api/v1/floor/pull", headers=one_house.headers("device"))
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "ZeroDivision" not in answer.text


def test_a_database_that_is_away_is_told_and_work_goes_on_when_it_is_back(request, postgres_server, tmp_path):
    url = fresh_url(request, "postgresql", tmp_path)
    name = url.partition("?")[0].rpartition("/")[2]
    house = House(url, tmp_path)
    headers = house.headers("supervisor")
    postgres_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres_server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for method, path in (("GET", "/api/v1/items"), ("POST", "/api/v1/orders"), ("GET", "/readyz")):
        answer = house.web.open(path, method=method, json=ORDER if method == "POST" else None, headers=headers)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True), path
    assert house.web.get("/healthz").status_code == 200
    postgres_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert house.web.post("/api/v1/orders", json=ORDER, headers=headers).status_code == 201
    house.app.database.close()


def test_a_bin_is_blocked_over_the_api_and_every_wrong_change_is_refused(house):
    headers = house.headers("supervisor")
    assert house.web.patch("/api/v1/locations/W1-A-01-1", json={"blocked": True, "abc": "A"}, headers=headers).status_code == 200
    row = house.web.get("/api/v1/locations?kind=bin", headers=headers).json["items"][0]
    assert (row["blocked"], row["abc"]) == (1, "A")
    for body in ({"code": "X"}, {"abc": "Z"}, {"max_lpns": -1}, {}):
        assert house.web.patch("/api/v1/locations/W1-A-01-1", json=body, headers=headers).status_code == 422
    assert house.web.patch("/api/v1/locations/NOWHERE", json={"blocked": True}, headers=headers).status_code == 404


def test_labels_of_locations_wait_for_the_printer_or_say_that_there_is_none(house):
    headers = house.headers("manager")
    body = {"site": "W1", "locations": ["W1-A-01-1", "W1-DOCK"]}
    without = house.web.post("/api/v1/location-labels", json=body, headers=headers)
    assert (without.status_code, without.json["code"]) == (404, "no_printer")
    house.web.put("/api/v1/printers/zebra", json={"site": "W1", "url": "socket://10.0.0.41:9100"}, headers=headers)
    assert house.web.post("/api/v1/location-labels", json=body, headers=headers).json == {"labels": 2}
    wrong = house.web.post("/api/v1/location-labels", json={"site": "W1", "locations": ["W1-DOCK", "GHOST"]}, headers=headers)
    assert wrong.status_code == 404
    jobs = house.web.get("/api/v1/print-jobs", headers=headers).json["items"]
    assert [job["code"] for job in jobs] == ["W1-A-01-1", "W1-DOCK"]


def test_sums_are_numbers_on_every_database(house):
    headers = house.headers("supervisor")
    house.web.post("/api/v1/asns", json={"code": "ASN-9", "site": "W1", "lines": [{"item": "SOAP", "quantity": 40}, {"item": "SOAP", "quantity": 8}]},
                   headers=headers)
    row = house.web.get("/api/v1/asns", headers=headers).json["items"][0]
    assert (row["lines"], row["quantity"], row["received"]) == (2, 48, 0)
    figures = house.web.get("/api/v1/dashboard", headers=headers).json
    assert all(isinstance(task[name], int) for task in figures["tasks"] for name in ("open", "leased", "done_today"))
