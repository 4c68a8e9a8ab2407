import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from labels.pictures.command import decode
from simulators.scene import Sight, scene


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "dock.png"
    scene(["gs1-128:(01)09506000134352(10)L1(21)7", "ean13:9506000134352"], Sight()).save(path)
    return path


def run(*words):
    done = CliRunner().invoke(decode, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def test_json_tells_texts_identifiers_and_milliseconds_of_each_picture(picture):
    done = run(picture, picture, "--at-least", "2", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, len(told)) == (0, 2)
    assert {(one["symbology"], one["text"]) for one in told[0]["codes"]} == {("]C1", "010950600013435210L1\x1d217"), ("]E0", "9506000134352")}
    assert told[0]["milliseconds"] > 0 and told[0]["error"] is None
    assert set(told[0]["codes"][0]["corners"]) == {"top_left", "top_right", "bottom_right", "bottom_left"}


def test_a_table_keeps_control_signs_in_their_line(picture):
    done = run(picture, "--at-least", "2")
    assert "]C1" in done.stdout and "\\x1d" in done.stdout and "\x1d" not in done.stdout


def test_an_image_that_is_none_is_said_and_the_others_are_read(picture, tmp_path):
    (tmp_path / "note.png").write_text("no picture")
    done = run(tmp_path / "note.png", tmp_path / "none.png", tmp_path, picture, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert ["no picture" in told[0]["error"], "No such file" in told[1]["error"], "directory" in told[2]["error"]] == [True, True, True]
    assert told[3]["error"] is None and told[3]["codes"]


def test_a_picture_without_a_code_ends_with_1(tmp_path):
    scene([], Sight()).save(tmp_path / "empty.png")
    done = run(tmp_path / "empty.png", "--seconds", "0")
    assert (done.exit_code, "no code" in done.stdout) == (1, True)


def test_only_what_is_asked_for_is_read(picture):
    assert [one["format"] for one in json.loads(run(picture, "--format", "ean13", "--json").stdout)[0]["codes"]] == ["ean13"]
    assert run(picture, "--format", "code129").exit_code == 2


def test_neither_the_server_nor_the_help_loads_the_large_libraries():
    code = ("import sys, click; from click.testing import CliRunner; import server.app, labels.pictures.command, server.cli.walk, server.scanners.camera\n"
            "from server.cli.main import main\n"
            "assert CliRunner().invoke(main, ['decode', '--help']).exit_code == 0\n"
            "print({'cv2', 'zxingcpp', 'PIL', 'pyzbar'} & set(sys.modules))")
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "set()"
