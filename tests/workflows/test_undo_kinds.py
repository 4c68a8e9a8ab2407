"""Every kind of operation is undone, or is one of the few that change nothing."""

from server import workflows
from server.floor.registry import discover
from server.floor.runner import OWN_LASTING

REGISTRY = discover(workflows)
CHANGE_NOTHING = {
    "enquire/finish", "gate/gate_paper", "hand_on/hand_on", "hand_out/prove", "hold/finish", "move/finish", "move/have", "pack/reprint", "pick/handed",
    "put_away/reprint",
    "relabel/finish", "relabel/reprint", "shift/shift_start", "shift/break_begin", "shift/break_end", "shift/shift_end",
}


def test_every_kind_of_every_process_is_undone_or_named_as_changing_nothing():
    assert len(REGISTRY.in_order) >= 11
    for process in REGISTRY.in_order:
        assert set(process.handlers) == set(process.undo) | set(process.lasting), process.kind


def test_no_kind_is_both_undone_and_named_as_changing_nothing():
    for process in REGISTRY.in_order:
        assert not set(process.undo) & set(process.lasting), process.kind


def test_the_list_of_what_changes_nothing_is_this_short_and_each_has_its_reason():
    reasons = {f"{process.kind}/{kind}": why for process in REGISTRY.in_order for kind, why in process.lasting.items()}
    assert set(reasons) == CHANGE_NOTHING
    assert all(len(why) > 20 for why in [*reasons.values(), *OWN_LASTING.values()])


def test_an_undo_looks_past_all_of_them_with_a_task_and_without():
    assert set(REGISTRY.lasting) >= CHANGE_NOTHING | {"/have"}
    assert not {f"{process.kind}/{kind}" for process in REGISTRY.in_order for kind in process.undo} & set(REGISTRY.lasting)


def test_what_only_a_supervisor_may_do_or_undo_is_undone_at_all():
    for process in REGISTRY.in_order:
        assert process.supervisor_only | process.supervisor_undo <= set(process.undo), process.kind
