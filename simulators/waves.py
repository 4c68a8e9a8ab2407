"""Waves as an office releases them."""

import time

from simulators.http import CallFailed, Client, Json


def release_wave(client: Client, site: str, trolley_orders: int) -> Json | None:
    """A wave of what waits, once its tasks are made; None when nothing waits or nothing of it could be allocated."""
    planned = client.call("POST", "/api/v1/waves", {"site": site, "picking": "cluster", "trolley_orders": trolley_orders})["wave"]
    return None if planned is None else _once_released(client, planned["id"])


def _once_released(client: Client, number: int) -> Json | None:
    try:
        while True:
            wave = client.call("GET", f"/api/v1/waves/{number}")
            if wave["state"] == "released":
                return wave
            time.sleep(0.1)
    except CallFailed as error:
        if error.status == 404:
            return None
        raise
