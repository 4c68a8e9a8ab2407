"""`aisle printers` and `aisle print`: how printers are, setting them up, and a file that comes out at one."""

import time
from pathlib import Path
from typing import Any

import click
from sqlalchemy import bindparam, text

from labels.reprint import formats_of, quantity_of
from printers import UnknownPort, guard_url
from server.cli.common import say, with_database
from server.kernel.clock import SECOND
from server.kernel.database import Database
from server.kernel.errors import Invalid
from server.kernel.hourly import with_errors_hour
from server.kernel.transaction import Tx
from server.masterdata.sites import site_id_of
from server.printing.conditions import LOOK_SECONDS, WELL
from server.printing.figures import PRINTERS
from server.printing.labels import trial_label
from server.printing.queue import (
    ANSWERS,
    LANGUAGES,
    NewLabel,
    guard_copies,
    print_at,
    printer_named,
    put_printer,
    set_answers,
    set_neighbour,
)
from server.printing.spooler import Spooler

_FORMATS_MAX = 500
_BYTES_MAX = 5_000_000
_ASKED = text("SELECT id, code, copies, state, error, settled_at FROM print_job WHERE id IN :ids ORDER BY id").bindparams(bindparam("ids", expanding=True))
_UNDER_WAY = ("queued", "sending", "sent")
_POLL_SECONDS = 0.2


@click.command()
@click.option("--put", "name", default=None, help="Make or change the printer of this name; then --site and --url are needed.")
@click.option("--site", default=None, help="Code of its warehouse.")
@click.option("--url", "address", default=None, help="Where it is: socket://HOST:PORT, /dev/ttyUSB0?baud=9600&flow=xonxoff, /dev/usb/lp0 or file:///FOLDER.")
@click.option("--zone", default="", help="Stations of this zone print here.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zpl", show_default=True,
              help="Its resolution, where it does not say it itself: zpl has 203 dots to the inch, zpl300 has 300, zpl600 has 600.")
@click.option("--answers", type=click.Choice(ANSWERS), default=None,
              help="no for a printer that never says anything: labels are sent blind, and nobody knows whether they came out until one is scanned.  "
                   "[default: as it was; a new one answers]")
@click.option("--neighbour", default=None, help="The printer that takes over what was not sent while this one is out.")
@click.option("--after", "after_seconds", default=60, show_default=True, help="Seconds until it does.")
@click.option("--test", "tested", default=None, help="Print a test label at the printer of this name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def printers(context: click.Context, *, name: str | None, site: str | None, address: str | None, zone: str, language: str,
             answers: str | None, neighbour: str | None, after_seconds: int, tested: str | None, as_json: bool) -> None:
    """How every printer is: what is wrong with it, what waits, is held, or is asked about, and its odometer.

    The running server looks at each printer every half minute, and at those that have something to print all the time.
    Ends with 1 when labels wait at a printer that is out, or somebody must say whether one came out.
    """
    url: str = context.obj
    if name is not None:
        values = {"site": site, "url": address, "zone": zone, "language": language, "answers": answers, "neighbour": neighbour, "after_seconds": after_seconds}
        say(with_database(url, lambda database: database.write(lambda tx: _put(tx, name, values))), as_json, f"{name} is set.")
        return
    if tested is not None:
        _print_and_wait(context, tested, [], as_json=as_json, wait_seconds=15)
        return
    rows = with_database(url, lambda database: database.read(lambda tx: [_told(row, tx.now) for row in tx.rows(
        PRINTERS, after=0, site_id=None, most=10_000)]))
    say({"printers": rows}, as_json, "\n".join(map(_line, rows)) or "There is no printer. Make one: aisle printers --put NAME --site W1 --url ...")
    if any(row["unknown"] or (row["waiting"] and row["condition"] not in ("", *WELL)) for row in rows):
        context.exit(1)


@click.command("print")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--printer", "name", required=True, help="The printer's name; `aisle printers` shows them.")
@click.option("--copies", type=int, default=None, help="How often each label comes out.  [default: what the file says (^PQ), else 1]")
@click.option("--wait", "wait_seconds", type=click.FloatRange(0), default=15, show_default=True, help="Seconds to wait until it has come out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def print(context: click.Context, *, file: Path, name: str, copies: int | None, wait_seconds: float, as_json: bool) -> None:  # noqa: A001 - the command's name
    """Print the labels of a file of ZPL, all of them or none.

    They wait in the same queue as all others. Without a running server this command prints itself. Ends with 1 when they
    have not come out, and says why; what is held comes out by itself later.
    """
    if copies is not None:
        guard_copies(copies)
    _print_and_wait(context, name, _labels_in(file, copies), as_json=as_json, wait_seconds=wait_seconds)


def _labels_in(file: Path, copies: int | None) -> list[NewLabel]:
    if file.stat().st_size > _BYTES_MAX:
        raise click.ClickException(f"{file} is larger than {_BYTES_MAX} bytes. Print it in parts.")
    try:
        found = formats_of(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text in UTF-8. Give a file of ZPL.") from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
    if not 1 <= len(found) <= _FORMATS_MAX:
        raise click.ClickException(f"{file} holds {len(found)} labels (^XA to ^XZ); 1 to {_FORMATS_MAX} can be printed at once.")
    new = [NewLabel(label="file", code=f"{file.stem[:56]}-{at}" if len(found) > 1 else file.stem[:64], zpl=one,
                    copies=copies if copies is not None else quantity_of(one)) for at, one in enumerate(found, 1)]
    for one in new:
        guard_copies(one.copies)
    return new


def _print_and_wait(context: click.Context, name: str, new: list[NewLabel], *, as_json: bool, wait_seconds: float) -> None:
    rows = with_database(context.obj, lambda database: _printed(database, name, new, wait_seconds))
    came_out = sum(row.copies for row in rows if row.state in ("printed", "verified"))
    blind = [row for row in rows if row.state == "sent" and row.settled_at is not None]
    stuck = [row for row in rows if row.state not in ("printed", "verified") and row not in blind]
    why = next((row.error or f"It is {row.state}; the server prints it." for row in stuck), "")
    say({"printer": name, "came_out": came_out, "not_known": len(blind), "jobs": [dict(row._mapping) for row in rows]}, as_json,
        f"{came_out} came out at {name}." + (f" {len(blind)} were sent, and it never says whether they came out: look." if blind else "")
        + (f" {len(stuck)} did not: {why}" if stuck else ""))
    if stuck:
        if as_json:
            click.echo(why, err=True)
        context.exit(1)


def _printed(database: Database, name: str, new: list[NewLabel], wait_seconds: float) -> list[Any]:
    """Asks for the labels and waits for them; prints itself where no server does."""
    def ask(tx: Tx) -> tuple[int, list[int]]:
        printer = printer_named(tx, name)
        return printer.id, [print_at(tx, printer.id, one) for one in new or [trial_label(name, tx.now)]]

    printer_id, numbers = database.write(ask)
    spooler, ends = Spooler(database), time.monotonic() + wait_seconds
    try:
        while True:
            spooler.print_waiting(printer_id)
            rows = database.read(lambda tx: tx.rows(_ASKED, ids=numbers))
            if time.monotonic() >= ends or not any(row.state in _UNDER_WAY and row.settled_at is None for row in rows):
                return rows
            time.sleep(_POLL_SECONDS)
    finally:
        spooler.stop()


def _put(tx: Tx, name: str, values: dict[str, Any]) -> dict[str, Any]:
    if not values["site"] or not values["url"] or not 0 < len(name) <= 64 or len(values["url"]) > 256:
        raise Invalid("A printer needs a name of 1 to 64 signs, --site and --url.", field="printer")
    try:
        guard_url(values["url"])
    except UnknownPort as error:
        raise Invalid(str(error), field="url") from error
    number = put_printer(tx, name, site_id_of(tx, values["site"]), values["url"], zone=values["zone"], language=values["language"])
    if values["answers"] is not None:
        set_answers(tx, name, values["answers"])
    if values["neighbour"] is not None:
        set_neighbour(tx, name, values["neighbour"], values["after_seconds"])
    return {"id": number, "name": name}


def _told(row: Any, now: int) -> dict[str, Any]:
    """A printer as the command tells it; `connected` is None when nobody has looked for a while."""
    is_fresh = row.checked_at is not None and now - row.checked_at <= 3 * LOOK_SECONDS * SECOND
    return {**with_errors_hour(row, now), "connected": row.condition not in ("unreachable", "silent", "unknown_port", "not_a_printer") if is_fresh else None}


def _line(row: dict[str, Any]) -> str:
    state = row["condition"] or "not looked at yet"
    age = "" if row["connected"] is not None else "  (nobody has looked for a while: does the server run?)"
    last = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["printed_at"] / 1000)) if row["printed_at"] else "-"
    sentence = f"\n    {row['sentence']}" if row["sentence"] else ""
    return (f"{row['name']:<16} {state:<14} {row['url']}  waiting {row['waiting']}, held {row['held']}, unknown {row['unknown']}, "
            f"last label {last}, odometer {row['odometer'] if row['odometer'] is not None else '-'}{age}{sentence}")


