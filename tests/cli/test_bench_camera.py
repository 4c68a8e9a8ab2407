import json

import pytest
from click.testing import CliRunner

from server.cli.bench_camera import bench_camera
from simulators.scene import Sight, scene


@pytest.fixture
def data(tmp_path):
    for kind, text in (("code128", "code128:LPN-0001"), ("qrcode", "qr:收货"), ("falsepositives", None)):
        folder = tmp_path / f"{kind}-1"
        folder.mkdir()
        scene([text] if text else [], Sight()).save(folder / "1.png")
        if text:
            (folder / "1.txt").write_text(text.partition(":")[2], encoding="utf-8")
    return tmp_path


def run(*words):
    return CliRunner().invoke(bench_camera, [str(word) for word in words])


def test_each_kind_is_told_with_its_goal_and_the_limit_of_the_libraries_alone(data):
    done = run("--data", data, "--json")
    figures = {one["name"]: one for one in json.loads(done.stdout)["figures"]}
    assert done.exit_code == 0, done.stdout
    assert (figures["code128: decoded, 1 of 1"]["goal"], figures["code128: decoded, 1 of 1"]["limit"]) == (100, 100)
    assert figures["falsepositives: left alone, 1 of 1"]["met"] and figures["qrcode: wrong texts"]["figure"] == 0
    assert "aisle: 3 of 3 pictures" in done.stderr


def test_a_wrong_text_is_a_miss_and_is_named(data):
    (data / "code128-1" / "1.txt").write_text("LPN-0002")
    done = run("--data", data)
    assert done.exit_code == 1
    assert "missed" in done.stdout and "code128-1/1.png: 'LPN-0001'" in done.stdout


def test_a_code_where_there_is_none_is_a_miss(data):
    scene(["code128:LPN-0001"], Sight()).save(data / "falsepositives-1" / "1.png")
    assert run("--data", data).exit_code == 1


def test_without_pictures_it_says_so(tmp_path):
    done = run("--data", tmp_path)
    assert (done.exit_code, "no pictures" in done.stderr) == (1, True)


def test_on_the_shared_photographs_every_goal_is_met(shared_data):
    if not (shared_data / "barcodes").is_dir():
        pytest.skip("the photographs of barcodes are not on this machine")
    done = run("--data", shared_data / "barcodes", "--every", "4", "--seconds", "20")
    assert done.exit_code == 0, done.stdout
