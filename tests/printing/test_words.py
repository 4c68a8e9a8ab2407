"""Every condition of a printer and every state of a label has its words, and every state its rules."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from printers import PrinterError
from server.printing.queue import NewLabel, print_label
from server.printing.states import AFTER, OPEN, STATES, before
from server.workflows.texts import texts


def codes(kind: type[PrinterError] = PrinterError) -> set[str]:
    return {kind.code} | {code for one in kind.__subclasses__() for code in codes(one)}


def test_every_condition_and_every_state_has_words_in_both_languages():
    wanted = {f"printer.{code}" for code in codes() - {"printer_error", "fault"}} | {"printer.ready", "printer.one_way", "label_state.not_known"} | {f"label_state.{state}" for state in STATES}
    for language in ("en", "zh-CN"):
        assert {key for key in texts(language) if key.startswith(("printer.", "label_state."))} == wanted


def test_every_state_can_be_left_but_the_last_two_and_is_reached_from_queued():
    assert {state for state, following in AFTER.items() if not following} == {"verified", "cancelled"}
    assert set(AFTER) == set(STATES) > set(OPEN)
    assert before("verified") == ("queued", "sending", "sent", "held", "unknown", "printed")
    assert "sending" not in AFTER["unknown"] and "queued" not in AFTER["unknown"]  # never sent again by itself


REFUSED = (
    "state = 'waiting'", "state = 'sending'", "state = 'sent'", "state = 'printed', sent_at = 1", "state = 'printed', printed_at = 1",
    "state = 'unknown'", "state = 'verified'", "sent_at = 1", "copies = 501", "copies = 0")


def test_the_database_refuses_what_no_state_may_be(room_on_each):
    room_on_each.ask("LPN1")
    for change in REFUSED:
        with pytest.raises(IntegrityError):
            room_on_each.database.write(lambda tx, change=change: tx.query(text(f"UPDATE print_job SET {change}")))
    assert room_on_each.state("LPN1") == "queued"


def test_the_same_label_asked_for_again_is_one(room):
    assert room.ask("LPN1") == room.ask("LPN1")
    assert room.database.write(lambda tx: print_label(tx, 999, NewLabel(label="lpn", code="LPN2", zpl="^XA^XZ"))) is None
