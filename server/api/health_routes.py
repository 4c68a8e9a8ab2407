"""How the server is: for load balancers, for monitoring, and for whoever looks first when something is wrong."""

import shutil
from functools import cache
from importlib.metadata import version
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from sqlalchemy import text

from server.api.metrics import counted, machine, stored, written
from server.api.parts import one_warehouse_only, parts, read
from server.kernel.backup_note import backup_warning, last_backup
from server.kernel.clock import iso
from server.kernel.errors import Unavailable
from server.kernel.given_up import given_up
from server.kernel.settings import set_setting
from server.kernel.transaction import Tx
from server.kernel.version import head_revision

health = APIBlueprint("health", __name__, tag="Health")
BLUEPRINTS = (health,)
_DISK_MIN, _DISK_LOW = 0.05, 0.10
_TOLD_MAX = 3
_REVISION = text("SELECT version_num FROM alembic_version")


@health.get("/healthz")
@health.doc(summary="The process is alive")
def healthz() -> dict[str, Any]:
    """Says nothing of the database."""
    return {"status": "alive", "build": parts().build}


@health.get("/readyz")
@health.doc(summary="The server can take work", responses=[200, 503])
def readyz() -> Response:
    """The database takes a write, its tables are this version's, more than 5 % of the disk is free; warns of what comes to that."""
    reasons, warnings, backup_at = list[str](), list[str](), None
    try:
        _look_at_database(reasons)
        backup_at = read(lambda tx: _look_at_backup(tx, warnings))
        warnings += read(_given_up)
    except Unavailable as error:
        reasons.append(f"the database does not take work: {error}")
    _look_at_disk(reasons, warnings)
    answer = jsonify({"status": "not ready" if reasons else "ready", "reasons": reasons, "warnings": warnings,
                      "backup_at": backup_at, "build": parts().build})
    answer.status_code = 503 if reasons else 200
    if reasons:
        answer.headers["Retry-After"] = "5"
    return answer


def _look_at_database(reasons: list[str]) -> None:
    parts().database.write(lambda tx: set_setting(tx, "ready", tx.now), backlog=True)
    if read(lambda tx: tx.scalar(_REVISION)) != _head():
        reasons.append("the database has the tables of another version: run aisle upgrade")


def _look_at_backup(tx: Tx, warnings: list[str]) -> str | None:
    warning, last = backup_warning(tx, parts().backup_hours), last_backup(tx)
    if warning is not None:
        warnings.append(warning)
    return iso(last["at"]) if last is not None else None


def _given_up(tx: Tx) -> list[str]:
    return [f"{one.name} was given up after many tries ({one.error}): mend that, then run aisle given-up --again {one.key}"
            for one in given_up(tx, most=_TOLD_MAX)]


def _look_at_disk(reasons: list[str], warnings: list[str]) -> None:
    usage = shutil.disk_usage(parts().var_folder)
    left, said = usage.free / usage.total, f"only {usage.free // 2**20} MiB of the disk are free"
    if left < _DISK_MIN:
        reasons.append(said)
    if left < _DISK_LOW:
        warnings.append(f"{said}: make room before the disk is full")


@health.get("/metrics")
@health.doc(summary="Counts in Prometheus' text format")
def metrics() -> Response:
    """For supervisors and keys with metrics:read: counts tell what a firm does."""
    one_warehouse_only()
    series = [*read(lambda tx: list(stored(tx))), *counted(parts().measures), *machine(parts().var_folder, parts().build, _version())]
    return Response(written(series), content_type="text/plain; version=0.0.4; charset=utf-8")


@cache
def _head() -> str | None:
    return head_revision()


@cache
def _version() -> str:
    return version("aisle")
