"""`aisle cartons`: the cartons that a warehouse packs into, and the items whose carton cannot be told."""

import re
from dataclasses import replace
from typing import Any

import click
from sqlalchemy import text

from server.cli.common import say, with_database
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.carton_types import NewCartonType, all_carton_types, drop_carton_type, put_carton_type
from server.masterdata.sites import first_site, site_id_of
from server.printing.labels import print_carton_type_label

_SIZE = re.compile(r"(\d{1,9})[x×*](\d{1,9})[x×*](\d{1,9})")
_UNMEASURED = text("SELECT code, name, length_mm, width_mm, height_mm, weight_g FROM item WHERE catch_weight = 0 AND blocked = 0 "
                   "AND (length_mm = 0 OR width_mm = 0 OR height_mm = 0 OR weight_g = 0) ORDER BY code")


def _size(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    found = _SIZE.fullmatch(value.strip().lower()) if value is not None else None
    if value is not None and found is None:
        raise click.BadParameter(f"{value[:40]!r} is no size: give length, width and height in mm, such as 300x200x150.")
    return tuple(int(one) for one in found.groups()) if found is not None else None


@click.command()
@click.option("--site", default=None, help="Code of the warehouse.  [default: all are shown, the first is changed]")
@click.option("--put", "code", default=None, help="Make or change the carton of this code; a new one needs --size.")
@click.option("--size", callback=_size, metavar="LxWxH", default=None, help="Inner length, width and height in mm, such as 300x200x150.")
@click.option("--outside", callback=_size, metavar="LxWxH", default=None, help="Outer length, width and height in mm: carriers ask for them; 0x0x0 if unknown.")
@click.option("--max-weight-g", type=int, default=None, help="Greatest weight of the closed parcel; 0: no limit.")
@click.option("--own-weight-g", type=int, default=None, help="Weight of the empty carton.")
@click.option("--cost", type=int, default=None, help="In any one unit: of two of one volume the cheaper is chosen.")
@click.option("--blocked/--used", "blocked", default=None, help="Whether it is out of use.")
@click.option("--remove", "removed", default=None, help="Take the carton of this code away.")
@click.option("--label", "labelled", default=None, help="Print the label of the carton of this code, to be scanned by whoever takes it.")
@click.option("--unmeasured", is_flag=True, help="Show the items without sides or weight instead: orders with them get no carton told. Ends with 1 when there are any.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def cartons(context: click.Context, /, *, site: str | None, code: str | None, removed: str | None, labelled: str | None, unmeasured: bool, as_json: bool, **given: Any) -> None:
    """The cartons that a warehouse packs into: show them, make or change one, take one away.

    What is not given of a carton that is known stays as it is. Many at once are brought in by `aisle import cartons`.
    """
    url: str = context.obj
    given = {name: value for name, value in given.items() if value is not None}
    if sum((code is not None, removed is not None, labelled is not None, unmeasured)) > 1 or (given and code is None):
        raise click.UsageError("Give one of --put CODE (and then what it is like), --remove CODE, --label CODE, --unmeasured.")
    if code is not None:
        with_database(url, lambda database: database.write(lambda tx: _put(tx, _site(tx, site), code, given)))
        say({"carton": code}, as_json, f"Carton {code} is set.")
    elif removed is not None:
        with_database(url, lambda database: database.write(lambda tx: drop_carton_type(tx, _site(tx, site), removed)))
        say({"removed": removed}, as_json, f"Carton {removed} is taken away.")
    elif labelled is not None:
        job = with_database(url, lambda database: database.write(lambda tx: print_carton_type_label(tx, _site(tx, site), labelled)))
        say({"label": labelled, "job": job}, as_json, f"The label of carton {labelled} is asked for (job {job}).")
    elif unmeasured:
        _show_unmeasured(context, as_json=as_json)
    else:
        _show(url, site, as_json=as_json)


def _put(tx: Tx, site_id: int, code: str, given: dict[str, Any]) -> None:
    known = next((row for row in all_carton_types(tx, site_id) if row.code == code), None)
    size = given.pop("size", None)
    if known is None and size is None:
        raise Invalid(f"There is no carton {code[:64]} yet. To make it give its --size.", field="size")
    before = {} if known is None else {name: value for name, value in known._mapping.items() if name != "site"}
    sides = dict(zip(("length_mm", "width_mm", "height_mm"), size, strict=True)) if size is not None else {}
    outside = given.pop("outside", None)
    if outside is not None:
        sides |= dict(zip(("outer_length_mm", "outer_width_mm", "outer_height_mm"), outside, strict=True))
    new = replace(NewCartonType(**{"code": code, "length_mm": 1, "width_mm": 1, "height_mm": 1, **before}), **sides, **given)
    put_carton_type(tx, site_id, replace(new, blocked=bool(new.blocked)))


def _site(tx: Tx, code: str | None) -> int:
    return site_id_of(tx, code) if code is not None else int(first_site(tx))


def _show(url: str, site: str | None, *, as_json: bool) -> None:
    rows = with_database(url, lambda database: database.read(lambda tx: [
        {**row._mapping, "blocked": bool(row.blocked)} for row in all_carton_types(tx, site_id_of(tx, site) if site is not None else None)]))
    say({"cartons": rows}, as_json, "\n".join(map(_line, rows)) or "There is no carton. Make one: aisle cartons --put M --size 300x200x150")


def _line(row: dict[str, Any]) -> str:
    limit = f"up to {row['max_weight_g']} g" if row["max_weight_g"] else "no limit of weight"
    return (f"{row['site']:<8} {row['code']:<16} {row['length_mm']:>5} × {row['width_mm']} × {row['height_mm']} mm, {row['own_weight_g']} g empty, "
            f"{limit}{', out of use' if row['blocked'] else ''}")


def _show_unmeasured(context: click.Context, *, as_json: bool) -> None:
    url: str = context.obj
    rows = with_database(url, lambda database: database.read(lambda tx: [dict(row._mapping) for row in tx.rows(_UNMEASURED)]))
    told = [{"item": row["code"], "name": row["name"], "lacks": [*(["size"] if not all(row[f"{side}_mm"] for side in ("length", "width", "height")) else []),
                                                              *([] if row["weight_g"] else ["weight"])]} for row in rows]
    say({"items": told}, as_json, "\n".join(f"{one['item']:<24} lacks {' and '.join(one['lacks'])}  {one['name']}" for one in told)
        or "Every item has sides and a weight.")
    context.exit(1 if told else 0)
