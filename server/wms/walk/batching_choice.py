"""Of all batches that were seen, the shortest ones that carry each order once: set partitioning, by HiGHS."""

from typing import NamedTuple

import highspy
import numpy as np
import numpy.typing as npt

from server.wms.walk.batching_places import Metres, Numbers

Rows = npt.NDArray[np.int32]
_AT_FIRST, _ADDED, _ROUNDS_MAX = 1500, 1000, 40
_WHOLE_MAX, _SOME = 8000, 3000
_NEAR = 1e-2


class Choice(NamedTuple):
    """The chosen rows, their length, and whether no other choice from all rows is proved to be shorter."""

    rows: Rows
    length: float
    is_best: bool


class Relaxed(NamedTuple):
    """What no choice undercuts, and how much of it each order is worth (0 for none)."""

    length: float
    worth: npt.NDArray[np.float64]


class _Solved(NamedTuple):
    length: float
    bound: float
    taken: Numbers
    worth: npt.NDArray[np.float64]


def best_choice(rows: Rows, lengths: Metres, present: int, relaxed: Relaxed, *, seconds: float, nodes: int | None = None) -> Choice:
    """The best choice found; the first `present` rows are one. With `nodes` these limit the search and it is repeatable."""
    total = float(lengths[:present].sum(dtype=np.float64))
    dearer = lengths - relaxed.worth[rows].sum(axis=1)
    within = np.flatnonzero(dearer <= total - relaxed.length + _NEAR)
    is_all = len(within) <= _WHOLE_MAX
    some = within if is_all else within[np.argsort(dearer[within], kind="stable")[:_SOME]]
    some = np.union1d(some, np.arange(present))
    found = _solved(rows[some], lengths[some], len(relaxed.worth) - 1, start=present, seconds=seconds, nodes=nodes)
    is_shorter = len(found.taken) > 0 and found.length < total - _NEAR
    length = found.length if is_shorter else total
    return Choice(rows[some][found.taken] if is_shorter else rows[:present], length,
                  is_all and found.bound >= length - _NEAR)


def relaxed_choice(rows: Rows, lengths: Metres, present: int, none: int) -> Relaxed:
    """The relaxation over all rows, of which ever more are looked at as they turn out to be worth it."""
    sizes = (rows != none).sum(axis=1)
    is_in = sizes == 1
    is_in[:present] = True
    is_in[np.argsort(lengths / np.maximum(1, sizes), kind="stable")[:_AT_FIRST]] = True
    for _ in range(_ROUNDS_MAX):
        some = np.flatnonzero(is_in)
        found = _solved(rows[some], lengths[some], none)
        dearer = lengths - found.worth[rows].sum(axis=1)
        better = np.argsort(dearer, kind="stable")[:_ADDED]
        better = better[(dearer[better] < -_NEAR / 10) & ~is_in[better]]
        if not len(better):
            return Relaxed(found.length, found.worth)
        is_in[better] = True
    return Relaxed(0.0, found.worth)


def _solved(rows: Rows, lengths: Metres, none: int, *, start: int = 0, seconds: float = 10.0, nodes: int | None = None) -> _Solved:
    """The relaxation, or when the first `start` rows are given as a choice to start from the best choice."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 1e-6),
                          ("time_limit", seconds) if nodes is None else ("mip_max_nodes", nodes)):
        solver.setOptionValue(option, value)
    model = _model(rows, lengths, none)
    if start:
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(rows)
    solver.passModel(model)
    if start:
        solution = highspy.HighsSolution()
        solution.col_value = [1.0] * start + [0.0] * (len(rows) - start)
        solver.setSolution(solution)
    solver.run()
    found, told = solver.getSolution(), solver.getInfo()
    taken = np.flatnonzero(np.array(found.col_value) > 0.5) if found.value_valid else np.zeros(0, np.intp)
    worth = np.append(np.array(found.row_dual if not start else [0.0] * none), 0.0)
    return _Solved(told.objective_function_value, told.mip_dual_bound, taken, worth)


def _model(rows: Rows, lengths: Metres, none: int) -> highspy.HighsLp:
    model, is_order = highspy.HighsLp(), rows != none
    model.num_col_, model.num_row_ = len(rows), none
    model.col_cost_ = lengths.astype(np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(len(rows)), np.full(len(rows), highspy.kHighsInf)
    model.row_lower_ = model.row_upper_ = np.ones(none)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(is_order.sum(axis=1))]).astype(np.int32)
    model.a_matrix_.index_ = rows[is_order].astype(np.int32)
    model.a_matrix_.value_ = np.ones(int(is_order.sum()))
    return model
