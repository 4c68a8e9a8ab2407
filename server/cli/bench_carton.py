"""`aisle bench carton`: how often the smallest carton is found, beside a rule by volume."""

import time
from collections.abc import Sequence

import click

from server.cli.carton_orders import CARTONS, known_orders
from server.cli.figures import Figure, percentile, report
from server.wms.cartons import CartonType, Ware, choose_carton, faults_of

_RULE_PERCENT = 75
_EASY_PERCENT = 80


@click.command("carton")
@click.option("--orders", default=150, show_default=True, type=click.IntRange(min=2), help="Orders, each cut out of a carton that it fits.")
@click.option("--seed", default=7, show_default=True, help="Of the orders.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_carton(context: click.Context, *, orders: int, seed: int, as_json: bool) -> None:
    """Choose cartons for orders whose carton is known. Every packing is checked, with and without support.

    The limit is what a rule finds that fills 75 % of a carton's volume, without looking at shapes. A carton too small is one
    that some piece does not fit in, or that no search could fill. Ends with 1 when a goal is missed.
    """
    choose_carton(*known_orders(1, 0)[0][:1], CARTONS)  # the solver is loaded once
    chosen = [_Chosen(wares, known) for wares, known in known_orders(orders, seed)]
    easy = [one for one in chosen if one.fill_percent <= _EASY_PERCENT]
    waits = [one.milliseconds for one in chosen]
    figures = [
        Figure(f"known carton or smaller, filled up to {_EASY_PERCENT} %", _percent(easy, [one.is_known for one in easy]), "%", 98, at_least=True,
               limit=_percent(easy, [one.rule_is_right for one in easy])),
        Figure("known carton or smaller, all orders", _percent(chosen, [one.is_known for one in chosen]), "%", 98, at_least=True,
               limit=_percent(chosen, [one.rule_is_right for one in chosen])),
        Figure("impossible packings", sum(one.is_wrong for one in chosen), "", 0, limit=sum(one.rule_is_impossible for one in chosen)),
        Figure("a choice, 50 %", percentile(waits, 50), "ms", 100), Figure("a choice, 95 %", percentile(waits, 95), "ms", 1000)]
    report(context, figures, {"orders": orders, "seed": seed, f"of them filled up to {_EASY_PERCENT} %": len(easy)}, as_json=as_json)


class _Chosen:
    """One order, what was chosen for it, and what the rule would have chosen."""

    def __init__(self, wares: list[Ware], known: CartonType) -> None:
        began = time.perf_counter()
        choice = choose_carton(wares, CARTONS, support=0)
        self.milliseconds = 1000 * (time.perf_counter() - began)
        one = choice.cartons[0].carton if len(choice.cartons) == 1 else None
        self.fill_percent = _volume(wares) * 100 / known.volume_mm3
        self.is_known = one is not None and one.volume_mm3 <= known.volume_mm3
        self.is_wrong = one is not None and bool(faults_of(choice.cartons[0], wares))
        rule = _by_volume(wares)
        smallest = min(found.volume_mm3 for found in (one, known) if found is not None)
        self.rule_is_impossible = rule is not None and rule.volume_mm3 < smallest
        self.rule_is_right = rule is not None and rule.volume_mm3 == smallest


def _by_volume(wares: Sequence[Ware]) -> CartonType | None:
    return next((one for one in sorted(CARTONS, key=lambda one: one.volume_mm3)
                 if _volume(wares) * 100 <= one.volume_mm3 * _RULE_PERCENT), None)


def _volume(wares: Sequence[Ware]) -> int:
    return sum(one.volume_mm3 * one.count for one in wares)


def _percent(chosen: Sequence[_Chosen], good: Sequence[bool]) -> float:
    return 100 * sum(good) / len(chosen) if chosen else 100
