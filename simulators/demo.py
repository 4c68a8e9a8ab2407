"""`aisle demo`: a whole day on a server of its own, played over the real protocol."""

import json
import shutil
import signal
import sys
from pathlib import Path
from random import SystemRandom
from typing import Any, TextIO

import click

from simulators.docks import DOOR, GATE
from simulators.house import House, NotStarted
from simulators.http import CallFailed, Json
from simulators.pda import Refused
from simulators.plan import Plan, invented_day, real_day
from simulators.retail import NotRetail, read_orders
from simulators.shopfront import POSTCODE
from simulators.story import Story, compact
from simulators.tape import Tape

_MARK = ".aisle-demo"
_VISITOR = "VISITOR"


@click.command()
@click.option("--var", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True,
              help="Folder of the demonstration; it is emptied first.")
@click.option("--port", default=8080, show_default=True, help="Port of the server; the next free one when it is taken.")
@click.option("--orders", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
              help="CSV of real orders (InvoiceNo, StockCode, Description, Quantity ...), plain or .xz.")
@click.option("--lines", default=20_000, show_default=True, help="At most so many order lines of that file.")
@click.option("--count", default=120, show_default=True, help="Orders of an invented day.")
@click.option("--workers", default=4, show_default=True, help="Simulated workers, each with a handheld.")
@click.option("--seed", default=7, show_default=True, help="Chance of the invented day.")
@click.option("--database", default=None, help="Play on this empty PostgreSQL database instead of SQLite.")
@click.option("--record", "tape", type=click.File("w", encoding="utf-8", lazy=False), default=None,
              help="Write every byte of the dock's devices to this file, for `aisle replay`.")
@click.option("--once", is_flag=True, help="End after the day; 1 when anything fell short.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def demo(*, var: Path, port: int, file: Path | None, lines: int, count: int, workers: int, seed: int, database: str | None,
         tape: TextIO | None, once: bool, as_json: bool) -> None:
    """Play a day: deliveries in, orders in, a wave picked on computed walks, packed, labelled, loaded, counted.

    The server keeps running afterwards, unless --once.
    """
    def say(text: str) -> None:
        click.echo(text, err=as_json)

    try:
        plan = real_day(read_orders(file, lines_max=lines)) if file is not None else invented_day(count, seed=seed)
    except NotRetail as error:
        raise click.ClickException(str(error)) from error
    house = _house(var, port, database)
    try:
        _play(house, plan, workers, say, tape=Tape(tape) if tape is not None else None, once=once, as_json=as_json)
    except (NotStarted, Refused, CallFailed, AssertionError, OSError) as error:
        raise click.ClickException(f"The day stopped: {error}\nThe server's log: {house.folder}/server.log") from error
    finally:
        house.stop()


def _play(house: House, plan: Plan, workers: int, say: Any, *, tape: Tape | None, once: bool, as_json: bool) -> None:
    house.command("init", "--site", "W1", "--name", "Demo warehouse", "--set", "streams=0", "--set", f"layout={compact(plan.layout)}")
    house.start()
    if house.port != house.port_wanted:
        say(f"Port {house.port_wanted} is taken; {house.port} is used.")
    say(f"Aisle is at {house.address}: {len(plan.goods)} items, {plan.lines} order lines, {workers} workers")
    story = Story(house, plan, workers, say, has_dock=True, has_pictures=True, has_shops=True, tape=tape)
    figures = story.play()
    house.command("site", "W1", "--set", "streams=1")
    report = house.command("verify", may_fail=True)["items"]
    figures["invariants"] = {"checked": len(report), "broken": [one["id"] for one in report if one["broken"]]}
    figures["complete"] = _is_complete(figures)
    if as_json:
        click.echo(json.dumps(figures))
    else:
        _table(figures, report, say)
    if once:
        sys.exit(0 if figures["complete"] else 1)
    _stay(house, story.web_order, say)


def _is_complete(figures: Json) -> bool:
    return bool(
        figures["orders_shipped"] == figures["orders_in"] > 0 and figures["lines"] == figures["lines_ordered"]
        and figures["units"] == figures["units_ordered"] and figures["orders_told_to_platforms"] == figures["orders_from_platforms"]
        and not figures["invariants"]["broken"])


def _table(figures: Json, report: list[Json], say: Any) -> None:
    say("\nWhat happened")
    for name, value in figures.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            say(f"  {name.replace('_', ' '):<32} {value:>12,}")
    for name, value in figures["scan_to_answer_ms"].items():
        say(f"  {'scan to answer, ' + name:<32} {value:>9} ms")
    longest = max(figures["walk_s_shape_m"], figures["walk_order_sequence_m"], 1.0)
    for name in ("walk_m", "walk_s_shape_m", "walk_order_sequence_m"):
        say(f"  {name.replace('_', ' '):<32} {'█' * round(30 * figures[name] / longest)} {figures[name]:,.0f} m")
    say("\naisle verify")
    for one in report:
        say(f"  {one['id']:<5} {'BROKEN' if one['broken'] else 'holds':<7} {one['checked']:>9,} checked  {one['title']}")
    say("\nEverything ordered was shipped and every invariant holds." if figures["complete"] else "\nThe day fell short: see above.")


def _stay(house: House, web_order: str, say: Any) -> None:
    say(_where_to_look(house, web_order))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        house.wait()
    except KeyboardInterrupt:
        say("Ended.")


def _where_to_look(house: House, web_order: str) -> str:
    """The pages, and a way in: a code for one handheld, somebody to sign in as, and the link that makes an administrator."""
    code = house.command("device", "code")["code"]
    pin = "".join(SystemRandom().sample("0123456789", 6))  # said, since a visitor who is known already gets no new one
    house.command("user", "add", _VISITOR, "--name", "Visitor", "--pin", pin)
    return (f"\nThe server keeps running. Look at\n"
            f"  {house.address}/#enrol={code}\n      the handheld: lets this browser in (ten minutes, once); then badge {_VISITOR}, PIN {pin}\n"
            f"  {house.address}/dashboard\n      the supervisor's page: first make yourself the administrator (works once) at\n"
            f"  {house.setup_link}\n"
            f"  {house.address}/orders\n      all orders, each with its whole story and why which site sends it; {house.address}/channels the shops and tills that they come from\n"
            f"  {house.address}/sourcing\n      the rules by which the warehouse and the store share the orders: change them, try them on this day's orders\n"
            f"  {house.address}/exceptions\n      what does not go by itself: one oversold order is left for you to solve\n"
            f"  {house.address}/returns\n      a return that was paid back, and one that is on its way\n"
            f"  {house.address}/sales\n      what the store's till has sold, and what of it is not as the book says\n"
            f"  {house.address}/phone\n      take an order while the customer is on the phone\n"
            + (f"  {house.address}/my-return?order={web_order}\n      what a customer sees who sends something back; the postcode is {POSTCODE}\n" if web_order else "") +
            f"  {house.address}/station#{DOOR}\n      the screen at the dock door; {house.address}/station#{GATE} that at the RFID gate\n"
            f"  {house.address}/devices\n      all devices: printers and what they ask, scanners, scales, and the last labels as they look\n"
            f"  {house.address}/api/docs\n      the API\nCtrl-C ends it.")


def _house(var: Path, port: int, database: str | None) -> House:
    if var.exists() and any(var.iterdir()) and not (var / _MARK).exists():
        raise click.ClickException(f"{var} is not empty and no folder of a demonstration. Give another with --var.")
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    (var / _MARK).touch()
    return House(var, port, database_url=database)
