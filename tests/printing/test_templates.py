"""A label of a user's template on its way to the printer: by the version that was live when it was asked for, or by ours."""

import json
from importlib.resources import files

import pytest
from sqlalchemy import text

from server.kernel.errors import Invalid
from server.printing import content
from server.printing.queue import NewLabel, print_label, reprint_label
from server.printing.templates import add_version, go_live, take_back

HEAD = 'name = "lpn"\nwidth = 60\nheight = 40\n[fields.code]\nrequired = true\nsample = "LPN1"\n'
OURS_ON_IT = HEAD + '[[element]]\nkind = "text"\nx = 2\ny = 5\nwidth = 50\ntext = "MINE {{code}}"\n'
NARROW = HEAD + '[[element]]\nkind = "code128"\nx = 2\ny = 2\nwidth = 20\nheight = 20\ndata = "{{code}}"\n'
"""Takes short codes only."""


def live(room, source, version=1):
    room.database.write(lambda tx: (add_version(tx, source), go_live(tx, "lpn", version)))


def ask(room, code="LPN1", again=False, **values):
    new = NewLabel(label="lpn", code=code, values={"code": code, "name": "Soap", **values})
    return room.database.write(lambda tx: (reprint_label if again else print_label)(tx, room.house.site_id, new))


def test_a_version_that_is_live_prints_in_the_place_of_ours(room_on_each):
    room = room_on_each
    live(room, OURS_ON_IT)
    ask(room)
    assert (room.once(), [b"MINE LPN1" in one for one in room.printer.labels]) == (1, [True])
    room.database.write(lambda tx: take_back(tx, "lpn"))
    ask(room, "LPN2")
    assert (room.once(), b"MINE" in room.printer.labels[-1], b"^FDSoap^FS" in room.printer.labels[-1]) == (1, False, True)


def test_a_label_is_drawn_by_the_version_that_it_was_asked_for_with_and_so_is_its_reprint(room):
    live(room, OURS_ON_IT)
    ask(room)
    live(room, OURS_ON_IT.replace("MINE", "NEWER"), version=2)
    ask(room, "LPN2")
    assert room.once() == 2
    assert [b"MINE" in one for one in room.printer.labels] == [True, False]
    ask(room, again=True)
    room.once()
    assert b"NEWER LPN1" in room.printer.labels[-1] and b"REPRINT" in room.printer.labels[-1]


def test_a_version_that_cannot_draw_what_ours_can_holds_nothing_up(room, caplog):
    live(room, NARROW)
    long = "LPN-OF-A-SUPPLIER-00000000000001"
    ask(room, long)
    assert (room.once(), b"^FDSoap^FS" in room.printer.labels[-1]) == (1, True)
    assert "its version in use cannot draw it" in caplog.text
    assert room.house.one("SELECT template_id FROM print_job") is None


def test_what_no_template_can_draw_is_refused_where_it_is_asked_for(room):
    with pytest.raises(Invalid, match="at most 64"):
        ask(room, "X" * 65)
    with pytest.raises(Invalid, match="no date"):
        ask(room, expiry="tomorrow")
    assert room.states() == {}


def test_words_that_are_too_long_for_their_field_are_cut_and_what_a_template_has_no_place_for_is_left(room):
    ask(room, lot="L" * 90, colour="red")
    kept = json.loads(room.house.one("SELECT payload FROM print_job"))
    assert kept == {"code": "LPN1", "name": "Soap", "lot": "L" * 40}


def test_a_label_that_can_be_drawn_no_more_is_refused_and_the_next_one_comes_out(room, caplog):
    number = ask(room)
    ask(room, "LPN2")
    room.database.write(lambda tx: tx.execute(text("UPDATE print_job SET payload = :bad WHERE id = :id"), {"bad": '{"code": ""}', "id": number}))
    assert (room.once(), room.state("LPN1"), room.state("LPN2")) == (1, "cancelled", "printed")
    assert "It cannot be drawn: lpn needs the field 'code'" in room.error("LPN1") and "is not printed" in caplog.text


BROKEN = "[1, 2"
"""No values at all: whoever reads them meets an error that is none of a label's."""


def test_a_label_that_meets_an_error_nobody_foresaw_is_refused_and_holds_up_no_other(room_on_each, caplog):
    room = room_on_each
    number = ask(room)
    ask(room, "LPN2")
    room.database.write(lambda tx: tx.execute(text("UPDATE print_job SET payload = :bad WHERE id = :id"), {"bad": BROKEN, "id": number}))
    assert (room.once(), room.state("LPN1"), room.state("LPN2")) == (1, "cancelled", "printed")
    assert "an error that nobody foresaw: JSONDecodeError" in room.error("LPN1") and "is not printed" in caplog.text
    row = room.database.read(lambda tx: tx.row(text("SELECT * FROM print_job WHERE id = :id"), id=number))
    with pytest.raises(content.NotDrawn) as refused:
        room.database.read(lambda tx: content.drawn(tx, row, content.SCREEN_DPI))
    assert (refused.value.said["key"], "JSONDecodeError" in refused.value.said["args"]["why"]) == ("label.unforeseen", True)


def test_in_a_folder_a_label_that_may_lie_there_and_can_be_drawn_no_more_is_asked_about(room, tmp_path):
    room.put(0, f"file://{tmp_path}")
    number = ask(room)
    ask(room, "LPN2")
    room.database.write(lambda tx: tx.execute(text("UPDATE print_job SET payload = :bad, state = 'sending', sent_at = 1 WHERE id = :id"), {"bad": BROKEN, "id": number}))
    assert (room.once(), room.state("LPN1"), room.state("LPN2")) == (1, "unknown", "printed")


def test_an_error_nobody_foresaw_in_a_version_of_a_users_has_ours_printed(room, caplog, monkeypatch):
    live(room, OURS_ON_IT)
    monkeypatch.setattr("labels.user_templates.LAYERS_MAX", None)  # comparing with it is a TypeError
    ask(room)
    assert (room.once(), b"^FDSoap^FS" in room.printer.labels[-1]) == (1, True)
    assert "its version in use cannot draw it: It met an error that nobody foresaw: TypeError" in caplog.text


def test_without_a_font_the_printers_own_is_asked(room, monkeypatch):
    monkeypatch.setenv("AISLE_FONT", "/nowhere.ttf")
    ask(room, name="苹果汁")
    assert (room.once(), b"^FD_E8_8B_B9_E6_9E_9C_E6_B1_81^FS" in room.printer.labels[-1]) == (1, True)


def test_the_screen_shows_a_label_as_it_is_drawn(room):
    ask(room)
    row = room.database.read(lambda tx: tx.row(text("SELECT * FROM print_job")))
    assert "^PW812" in room.database.read(lambda tx: content.drawn(tx, row, content.SCREEN_DPI))


def test_the_example_is_a_label_of_its_own(room):
    source = (files("labels") / "example.toml").read_text(encoding="utf-8")
    room.database.write(lambda tx: (add_version(tx, source), go_live(tx, "pallet-de", 1)))
    room.database.write(lambda tx: print_label(tx, room.house.site_id, NewLabel(label="pallet-de", code="L1", values={"lot": "L1", "gtin": "09506000134352"})))
    assert (room.once(), b"LOT L1" in room.printer.labels[-1]) == (1, True)
