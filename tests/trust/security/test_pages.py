"""S15, S16, S29: what every answer carries, and what no answer shows."""

from pathlib import Path

from tests.trust.security.hostile import CODES
from tests.trust.security.test_permissions import routes

SOURCES = Path(__file__).resolve().parents[3] / "handheld" / "src"


def test_a_route_that_breaks_shows_no_trace_and_carries_the_headers(one_house):
    def broken():
        secret = "a value that only the log may hold"
        raise RuntimeError(secret)

    app = one_house.app.web
    for name in sorted(app.blueprints):
        endpoint = next(rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{name}."))
        rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
        kept, app.view_functions[endpoint] = app.view_functions[endpoint], lambda **_: broken()
        path = next(path for found, _, path in routes(one_house) if found == endpoint)
        method = next(iter(sorted(rule.methods - {"HEAD", "OPTIONS"})))
        answer = one_house.web.open(path, method=method, headers=one_house.headers("admin"), json={} if method in ("POST", "PUT") else None)
        app.view_functions[endpoint] = kept
        assert (answer.status_code, answer.content_type, answer.json["code"]) == (500, "application/problem+json", "internal"), (endpoint, answer.text)
        assert "RuntimeError" not in answer.text and "only the log" not in answer.text and "Traceback" not in answer.text
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_every_route_carries_the_headers_also_when_it_refuses(one_house):
    wanted = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
    seen = set()
    for role in ("nobody", "admin"):
        headers = one_house.headers(role)
        for endpoint, method, path in routes(one_house):
            if endpoint in ("people.sign_out_", "people.disable"):
                continue
            answer = one_house.web.open(path, method=method, headers=headers, json={} if method in ("POST", "PUT") else None)
            seen.add(answer.status_code // 100)
            assert {name: answer.headers.get(name) for name in wanted} == wanted, endpoint
            policy = answer.headers["Content-Security-Policy"]
            assert all(part in policy for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"))
            assert "unsafe" not in policy.replace("'wasm-unsafe-eval'", "" if endpoint in ("pages.devices_page", "pages.labels_page") else "'wasm-unsafe-eval'")
            if path.startswith("/api/"):
                assert answer.headers["Cache-Control"] in ("no-store", "no-cache"), endpoint
    assert {2, 4} <= seen


def test_names_that_are_programs_come_back_as_data_only(house):
    headers = house.headers("admin")
    for number, code in enumerate(code for code in CODES if "<" in code or "script" in code):
        made = house.web.put(f"/api/v1/items/X-{number}", json={"name": code[:100] or "x"}, headers=headers)
        assert made.status_code in (200, 422), (code, made.text)
        if made.status_code == 200:
            answer = house.web.get(f"/api/v1/items/X-{number}", headers=headers)
            assert (answer.content_type, answer.json["name"]) == ("application/json", code[:100])


def test_the_client_writes_text_as_text_only():
    sources = [*SOURCES.rglob("*.ts"), *SOURCES.rglob("*.tsx")]
    assert len(sources) > 5
    for path in sources:
        found = [word for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function") if word in path.read_text()]
        assert found == [], path.name
