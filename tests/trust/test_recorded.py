"""The disk that a power cut leaves: what was flushed is there, and of the rest what chance kept."""

import random
from pathlib import Path

import pytest

from simulators.recorded import Answer, Begin, Disk, End, Named, NotUnderstood, Write, events

DATABASE = Path("/data/house.db")
LOG = "house.db-wal"


def hexed(text) -> str:
    return "".join(f"\\x{sign:02x}" for sign in (text if isinstance(text, bytes) else text.encode()))


def pwrite(pid, data, at, *, name=DATABASE) -> str:
    return f'{pid} pwrite64(3<{hexed(str(name))}>, "{hexed(data)}", {len(data)}, {at}) = {len(data)}'


@pytest.fixture
def read(tmp_path):
    def lines(*told, known=("house.db",)):
        trace = tmp_path / "trace"
        trace.write_text("\n".join(told) + "\n")
        return list(events(trace, DATABASE, frozenset(known)))

    return lines


@pytest.fixture
def left(tmp_path):
    """What stands in a file after a cut, None where there is no such file."""
    def look(disk, name="house.db", chance=None):
        disk.after_a_cut(tmp_path / "disk", chance)
        file = tmp_path / "disk" / name
        return file.read_bytes() if file.exists() else None

    return look


def test_writes_flushes_and_answers_are_read_in_order(read):
    assert read(pwrite(7, b"abc", 4096), f"7 fdatasync(3<{hexed(str(DATABASE))}>) = 0",
                f'8 sendto(9<{hexed("socket:[12]")}>, "{hexed("applied")}", 7, 0, NULL, 0) = 7') == [
        Write("house.db", 4096, b"abc"), Begin("house.db", "7"), End("house.db", "7"), Answer(b"applied")]


def test_a_write_counts_from_its_end_and_a_flush_from_its_beginning(read):
    name = hexed(str(DATABASE))
    assert read(f'7 pwrite64(3<{name}>, "{hexed(b"abc")}", 3, 0 <unfinished ...>', f"8 fsync(4<{name}> <unfinished ...>",
                "7 <... pwrite64 resumed>) = 3", "8 <... fsync resumed>) = 0") == [
        Begin("house.db", "8"), Write("house.db", 0, b"abc"), End("house.db", "8")]


def test_a_log_that_was_there_is_no_news_and_a_new_one_is(read):
    opened = f'7 openat(AT_FDCWD<{hexed("/")}>, "{hexed("/data/" + LOG)}", O_RDWR|O_CREAT, 0644) = 12<{hexed("/data/" + LOG)}>'
    assert read(opened, opened) == [Named(LOG, is_gone=False)]
    assert read(opened, known=("house.db", LOG)) == []


def test_other_files_and_the_index_of_the_log_are_left_out(read):
    assert read(pwrite(7, b"x", 0, name="/data/house.db-shm"), pwrite(7, b"x", 0, name="/data/other"), "7 +++ exited with 0 +++") == []


def test_a_call_on_the_database_that_nobody_replays_is_an_error(read):
    with pytest.raises(NotUnderstood):
        read(f"7 fallocate(3<{hexed(str(DATABASE))}>, 0, 0, 4096) = 0")


def test_only_what_was_written_before_a_flush_began_is_safe(left):
    disk = Disk({"house.db": b"old!"})
    for event in (Write("house.db", 0, b"new"), Begin("house.db", "7"), Write("house.db", 3, b"?"), End("house.db", "7")):
        disk.take(event)
    assert left(disk) == b"new!"


def test_a_new_file_is_there_when_its_folder_was_flushed(left):
    disk = Disk({"house.db": b""})
    for event in (Named(LOG, is_gone=False), Write(LOG, 0, b"frame"), Begin(LOG, "7"), End(LOG, "7")):
        disk.take(event)
    assert left(disk, LOG) is None
    for event in (Begin("", "7"), End("", "7")):
        disk.take(event)
    assert left(disk, LOG) == b"frame"


def test_chance_keeps_some_sectors_of_what_was_not_flushed(left):
    disk = Disk({"house.db": b"\0" * 4096})
    disk.take(Write("house.db", 0, b"x" * 4096))
    kept = left(disk, chance=random.Random(1))
    sectors = {kept[at:at + 512] for at in range(0, 4096, 512)}
    assert sectors == {b"\0" * 512, b"x" * 512}
