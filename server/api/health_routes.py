"""How the server is: for load balancers, for monitoring, and for whoever looks first when something is wrong."""

import shutil
from functools import cache
from importlib.metadata import version
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from sqlalchemy import text

from server.api.metrics import counted, machine, stored, written
from server.api.parts import parts, read
from server.kernel.database import head_revision
from server.kernel.errors import Unavailable
from server.kernel.settings import set_setting

health = APIBlueprint("health", __name__, tag="Health")
BLUEPRINTS = (health,)
_DISK_MIN, _DISK_LOW = 0.05, 0.10
_REVISION = text("SELECT version_num FROM alembic_version")


@health.get("/healthz")
@health.doc(summary="The process is alive")
def healthz() -> dict[str, Any]:
    """Says nothing of the database."""
    return {"status": "alive", "build": parts().build}


@health.get("/readyz")
@health.doc(summary="The server can take work", responses=[200, 503])
def readyz() -> Response:
    """The database takes a write, its tables are this version's, and more than 5 % of the disk is free; a warning from 10 % on."""
    reasons = []
    try:
        parts().database.write(lambda tx: set_setting(tx, "ready", tx.now), backlog=True)
        if read(lambda tx: tx.scalar(_REVISION)) != head_revision():
            reasons.append("the database has the tables of another version: run aisle init")
    except Unavailable as error:
        reasons.append(f"the database does not take work: {error}")
    usage = shutil.disk_usage(parts().var_folder)
    left, said = usage.free / usage.total, f"only {usage.free // 2**20} MiB of the disk are free"
    if left < _DISK_MIN:
        reasons.append(said)
    answer = jsonify({"status": "not ready" if reasons else "ready", "reasons": reasons,
                      "warnings": [f"{said}: make room before the disk is full"] if left < _DISK_LOW else [],
                      "build": parts().build})
    answer.status_code = 503 if reasons else 200
    if reasons:
        answer.headers["Retry-After"] = "5"
    return answer


@health.get("/metrics")
@health.doc(summary="Counts in Prometheus' text format")
def metrics() -> Response:
    """For supervisors and keys with metrics:read: counts tell what a firm does."""
    series = [*read(lambda tx: list(stored(tx))), *counted(parts().measures), *machine(parts().var_folder, parts().build, _version())]
    return Response(written(series), content_type="text/plain; version=0.0.4; charset=utf-8")


@cache
def _version() -> str:
    return version("aisle")
