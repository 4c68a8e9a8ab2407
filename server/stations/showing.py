"""What the screen of a station shows: what passed, what is expected, what is wrong and what to do about it, its devices and its labels."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, text

from server.floor.process import Json, Message
from server.kernel.clock import SECOND
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.printing.queue import printer_for
from server.wms.gating import tally_of
from server.wms.inbound import inbound_by_code, inbound_lines

LINES_SHOWN = 8
_PAPERS_SHOWN = 5
_WRONG_SHOWN = 6
_WRONG_FOR_MS = 1_800 * SECOND
"""A pallet that was refused at the door stands on its screen so long, unless others come."""
_LABELS_OF = 2_000
_STOPS = ("label_differs", "strangers", "wrong_weight")
_TO_DO = frozenset({"received_damaged", "label_differs", "over_receipt", "stranger_tags"})
"""What stands on the supervisor's list and can be looked at here; `station.do.<code>` says what to do now."""
_LAST = text("SELECT at, kind, status, answer FROM operation WHERE device_id = :device_id ORDER BY at DESC LIMIT 12")
_DUE = text(
    "SELECT n.code, n.kind, n.state, n.expected_at, (SELECT COUNT(*) FROM inbound_line l WHERE l.inbound_id = n.id) AS wanted, "
    "(SELECT COUNT(*) FROM inbound_line l WHERE l.inbound_id = n.id AND l.received >= l.quantity) AS done FROM inbound n "
    "WHERE n.site_id = :site_id AND n.state IN ('expected', 'receiving') AND n.kind <> 'blind' AND (n.dock_id IS NULL OR n.dock_id = :dock_id) "
    "ORDER BY CASE WHEN n.dock_id = :dock_id THEN 0 ELSE 1 END, CASE n.state WHEN 'receiving' THEN 0 ELSE 1 END, "
    "COALESCE(n.expected_at, 9000000000000000), n.id LIMIT :most")
_OPEN_TROUBLES = text("SELECT at, code, args FROM floor_exception WHERE site_id = :site_id AND state = 'open' ORDER BY id DESC LIMIT 100").columns(args=JSON)
_JOBS = text(
    "SELECT j.id, j.label, j.code, j.state, j.copies, j.reprint_of_id, j.error, j.created_at, j.settled_at FROM print_job j "
    f"WHERE j.id > (SELECT COALESCE(MAX(id), 0) FROM print_job) - {_LABELS_OF} AND j.printer_id = :printer_id ORDER BY j.id DESC LIMIT 8")
_PRINTER = text(
    "SELECT p.name, COALESCE(c.code, '') AS condition, COALESCE(c.sentence, '') AS sentence FROM printer p "
    "LEFT JOIN printer_condition c ON c.printer_id = p.id WHERE p.id = :id")


def shown_at(tx: Tx, station: Any) -> Json:
    """All that a screen needs beside the station's devices."""
    rows = tx.rows(_LAST, device_id=station.device_id)
    last = [_passage(one) for one in rows if one.kind != "hand_on"]
    document = next((one["document"] for one in last if one["document"]), None) or station.document or None
    is_door = station.kind in ("dock", "gate")
    return {"document": document, "progress": _progress(tx, station, document), "passages": last,
            "expected": _expected(tx, station, document) if is_door else [], "wrong": _wrong(tx, station, document, last) if is_door else [],
            **_printing(tx, station)}


def _passage(row: Any) -> Json:
    answer = json.loads(row.answer)
    code = answer["code"]
    colour = "red" if row.status != "applied" or code in _STOPS else "green" if code == "ok" else "amber"
    return {"at": row.at, "colour": colour, "code": code, "message": answer["message"], "document": answer.get("data", {}).get("document")}


def _progress(tx: Tx, station: Any, document: str | None) -> Json | None:
    """At a gate what the tags say, at a dock what the paper says; None without one."""
    if document is None:
        return None
    try:
        if station.kind == "gate":
            tally = tally_of(tx, station.site_id, document).to_json()
            return {"done": tally["arrived"], "all": tally["all"], "strangers": tally["strangers"]}
        lines = inbound_lines(tx, inbound_by_code(tx, document).id)
    except NotFound:
        return None
    units = _units(lines)
    return {"done": sum(one["done"] for one in units), "all": len(units), "strangers": 0}


def _units(lines: Sequence[Any]) -> list[Json]:
    """Pallets and loose lines of a paper, what is still missing first."""
    units: dict[str, Json] = {}
    for line in lines:
        one = units.setdefault(line.sscc or f"line {line.id}", {"sscc": line.sscc, "item": line.item, "name": line.name, "quantity": 0, "received": 0,
                                                                 "damaged": 0, "items": 0, "done": True})
        one["quantity"], one["received"], one["damaged"] = one["quantity"] + line.quantity, one["received"] + line.received, one["damaged"] + line.damaged
        one["items"], one["done"] = one["items"] + 1, one["done"] and line.received >= line.quantity
    return sorted(units.values(), key=lambda one: bool(one["done"]))


def _expected(tx: Tx, station: Any, document: str | None) -> list[Json]:
    """The papers due at this door, the one at hand first and with its lines; those for no door in particular are due at every one."""
    rows = tx.rows(_DUE, site_id=station.site_id, dock_id=station.location_id, most=_PAPERS_SHOWN)
    papers = [{"document": row.code, "kind": row.kind, "state": row.state, "expected_at": row.expected_at, "done": row.done, "all": row.wanted, "lines": []}
              for row in rows]
    at_hand = next((one for one in papers if one["document"] == document), None)
    if at_hand is None:
        return papers
    units = _units(inbound_lines(tx, inbound_by_code(tx, str(document)).id))
    at_hand |= {"lines": units[:LINES_SHOWN], "done": sum(one["done"] for one in units), "all": len(units)}
    return [at_hand, *(one for one in papers if one is not at_hand)]


def _wrong(tx: Tx, station: Any, document: str | None, last: Sequence[Json]) -> list[Json]:
    """What was refused here a short while ago, what of the paper stands on the supervisor's list, and what is missing at its end."""
    found = [_trouble(one["at"], one["code"], one["message"], "") for one in last
             if one["colour"] == "red" and one["code"] not in _TO_DO and one["code"] != "strangers" and tx.now - one["at"] < _WRONG_FOR_MS]
    if document is not None:
        found += [_trouble(row.at, row.code, Message(f"exception.{row.code}", row.args).to_json(), row.code)
                  for row in tx.rows(_OPEN_TROUBLES, site_id=station.site_id) if row.code in _TO_DO and row.args.get("document") == document]
        found += _missing(tx, document)
    return sorted(found, key=lambda one: -int(one["at"]))[:_WRONG_SHOWN]


def _trouble(at: int, code: str, message: Json, to_do: str) -> Json:
    return {"at": at, "code": code, "message": message, "to_do": Message(f"station.do.{to_do}").to_json() if to_do else None}


def _missing(tx: Tx, document: str) -> list[Json]:
    try:
        paper = inbound_by_code(tx, document)
    except NotFound:
        return []
    rest = sum(max(0, line.quantity - line.received) for line in inbound_lines(tx, paper.id)) if paper.state == "received" else 0
    return [_trouble(tx.now, "missing", Message("station.missing", {"document": document, "quantity": rest}).to_json(), "missing")] if rest else []


def _printing(tx: Tx, station: Any) -> Json:
    """The printer of the station, and what was asked of it last."""
    number = printer_for(tx, station.site_id, str((station.settings or {}).get("printer", "")))
    if number is None:
        return {"printer": None, "labels": []}
    printer = tx.row(_PRINTER, id=number)
    return {"printer": dict(printer._mapping) if printer is not None else None,
            "labels": [dict(row._mapping) for row in tx.rows(_JOBS, printer_id=number)]}
