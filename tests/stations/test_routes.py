"""Stations by the API: made, shown, taken away; what is wrong is said, and what is secret is not."""

import pytest

from tests.api.conftest import House

SCANNER = {"name": "scanner", "kind": "scanner", "driver": "text", "url": "socket://10.0.0.61:4001", "settings": {"suffix": "CR"}}
DOOR = {"site": "W1", "kind": "dock", "location": "W1-A-01-1", "peripherals": [SCANNER]}


@pytest.fixture
def house(database_url, tmp_path):
    house = House(database_url, tmp_path)
    yield house
    house.app.database.close()


@pytest.fixture
def manager(house):
    return house.headers("manager")


def put(house, headers, code="DOOR-3", **changes):
    return house.web.put(f"/api/v1/stations/{code}", json={**DOOR, **changes}, headers=headers)


def shown(house, headers) -> list[dict]:
    return house.web.get("/api/v1/stations", headers=headers).json["items"]


def test_a_station_is_made_changed_and_shown(house, manager):
    assert put(house, manager).status_code == 200
    light = {"name": "light", "kind": "light", "driver": "", "url": "socket://10.0.0.62:4002", "settings": {}}
    assert put(house, manager, peripherals=[light], settings={"gather_ms": 100}).json["code"] == "DOOR-3"
    (station,) = shown(house, manager)
    assert (station["code"], station["location"], station["settings"]) == ("DOOR-3", "W1-A-01-1", {"gather_ms": 100})
    assert [one["name"] for one in station["peripherals"]] == ["light"]
    assert station["peripherals"][0]["state"] == "stopped"


def test_a_station_that_is_taken_away_is_gone_and_its_name_is_free(house, manager):
    put(house, manager)
    assert house.web.delete("/api/v1/stations/DOOR-3", headers=manager).status_code == 204
    assert shown(house, manager) == []
    assert house.web.delete("/api/v1/stations/DOOR-3", headers=manager).status_code == 404
    assert put(house, manager).status_code == 200


@pytest.mark.parametrize(("change", "words"), [
    ({"kind": "roof"}, "no kind of station"), ({"location": "W1-NOWHERE"}, "no location W1-NOWHERE"),
    ({"peripherals": [{**SCANNER, "url": "file:///etc/passwd"}]}, "is none: use"), ({"peripherals": [{**SCANNER, "url": "/etc/passwd"}]}, "is none: use"),
    ({"peripherals": [{**SCANNER, "kind": "toaster"}]}, "no kind of device"), ({"peripherals": [SCANNER, SCANNER]}, "same name"),
    ({"peripherals": [{**SCANNER, "name": "<b>"}]}, "letters, digits"), ({"settings": {"x": "y" * 5_000}}, "longer than"),
    ({"site": "W9"}, "W9"),
])
def test_what_is_wrong_is_said(house, manager, change, words):
    answer = put(house, manager, **change)
    assert answer.status_code in (404, 422)
    assert words in answer.json["detail"]
    assert shown(house, manager) == []


def test_a_password_in_an_address_is_not_shown(house, manager):
    put(house, manager, peripherals=[{**SCANNER, "kind": "camera", "url": "rtsp://admin:secret@10.0.0.9/live"}])
    assert shown(house, manager)[0]["peripherals"][0]["url"] == "rtsp://***@10.0.0.9/live"


def test_a_device_sees_the_screen_and_changes_nothing(house, manager):
    put(house, manager)
    device = house.headers("device")
    screen = house.web.get("/api/v1/stations/DOOR-3/screen", headers=device)
    assert (screen.status_code, screen.json["passages"], screen.json["progress"]) == (200, [], None)
    assert put(house, device).status_code == 403
    assert house.web.delete("/api/v1/stations/DOOR-3", headers=device).status_code == 403
    assert house.web.get("/api/v1/stations/NONE/screen", headers=device).status_code == 404


def test_a_scale_is_asked_to_zero_by_a_supervisor_of_its_warehouse(house, manager):
    scale = {"name": "scale", "kind": "scale", "driver": "mt-sics", "url": "socket://10.0.0.9:4001"}
    put(house, manager, "PACK-1", kind="pack", peripherals=[scale, SCANNER])
    headers = house.headers("supervisor")
    asked = house.web.post("/api/v1/stations/PACK-1/peripherals/scale/zero?site=W1", headers=headers)
    assert (asked.status_code, asked.json) == (202, {"station": "PACK-1", "name": "scale", "wanted": "zero"})
    told = {one["name"]: (one["wanted"], one["answer"]) for one in shown(house, headers)[0]["peripherals"]}
    assert told == {"scale": ("zero", ""), "scanner": ("", "")}
    house.clock.advance(11_000)
    assert [(one["wanted"], one["answer"]) for one in shown(house, headers)[0]["peripherals"] if one["name"] == "scale"] == [("", "late")]
    for path, status in (("PACK-1/peripherals/scanner", 422), ("PACK-1/peripherals/nobody", 404), ("PACK-9/peripherals/scale", 404)):
        assert house.web.post(f"/api/v1/stations/{path}/zero", headers=headers).status_code == status
    assert house.web.post("/api/v1/stations/PACK-1/peripherals/scale/zero", headers=house.headers("worker")).status_code == 403
