"""`aisle label`: labels to files and to standard output, and bad data answered in a sentence."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from labels.command import label
from labels.template import templates
from tests.labels.test_user_templates import GOOD


def run(*words, given=None):
    result = CliRunner().invoke(label, list(words), input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_list_names_every_label_and_its_fields():
    told = json.loads(run("--list", "--json").stdout)
    assert {one["name"] for one in told} == {"location", "item", "lpn", "sscc", "gs1_datamatrix", "digital_link", "carton", "shipping", "packing_list",
                                             "count_sheet", "badge", "command_card", "test_sheet", "return_label"}
    assert all({"name", "kind", "required", "sample"} <= set(field) for one in told for field in one["fields"])
    assert all(name in run("--list").stdout for name in templates())


@pytest.mark.parametrize(("kind", "begins"), [("zpl", b"^XA"), ("pdf", b"%PDF-"), ("png", b"\x89PNG")])
@pytest.mark.parametrize("dpi", ["203", "600"])
def test_a_label_comes_out_on_standard_output_or_in_a_file(tmp_path, kind, begins, dpi):
    data = json.dumps({"code": "W1-A-01-1", "check_digit": "42"})
    assert run("location", "--data", "-", "--format", kind, "--dpi", dpi, given=data).stdout_bytes.startswith(begins)
    out = tmp_path / "label"
    told = json.loads(run("location", "--data", "-", "--format", kind, "--dpi", dpi, "--out", str(out), "--json", given=data).stdout)
    assert told == {"name": "location", "format": kind, "dpi": int(dpi), "labels": 1, "bytes": out.stat().st_size, "file": str(out)}


def test_a_list_of_data_gives_a_label_each():
    told = json.loads(run("location", "--data", "-", "--json", given=json.dumps([{"code": f"A-{at}"} for at in range(3)])).stdout)
    assert told["labels"] == 3
    assert told["content"].count("^XA") == 3


@pytest.mark.parametrize(("words", "given", "said"), [
    (("nowhere",), None, "There is no label 'nowhere'. There are: badge, "), (("lpn", "--data", "-"), "{", "is not JSON"), (("lpn", "--data", "-"), "[]", "0 labels"),
    (("lpn", "--data", "-"), "7", "not an object"), (("lpn", "--data", "-"), '{"code": ""}', "Label 1: lpn needs the field 'code'"),
    (("lpn", "--data", "-"), '[{"code": "A"}, {"cod": "B"}]', "Label 2: lpn has no field 'cod'"), (("lpn", "--data", "-"), "[" * 100_000, "is not JSON"),
    (("lpn", "--format", "png", "--data", "-"), '[{"code": "A"}, {"code": "B"}]', "A picture shows one label"),
    (("lpn", "--out", "/nowhere/x"), None, "cannot be written"),
])
def test_what_is_wrong_is_said_in_a_sentence_and_ends_with_1(words, given, said):
    plain = run(*words, given=given)
    assert (plain.exit_code, plain.stdout) == (1, "")
    assert said in plain.stderr
    as_json = run(*words, "--json", given=given)
    assert as_json.exit_code == 1
    assert said in json.loads(as_json.stdout)["error"]["message"]


def test_a_template_of_ones_own_is_checked_and_used(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(run("--example").stdout)
    assert json.loads(run("--template", str(file), "--check", "--json").stdout)["name"] == "pallet-de"
    assert run("--template", str(file)).stdout.startswith("^XA")
    file.write_text(GOOD.replace("{{lot}}", "{{lott}}"))
    refused = run("--template", str(file), "--check")
    assert refused.exit_code == 1
    assert "there is no field 'lott'" in refused.stderr
    file.write_bytes(b"\xff\xfe")
    assert "cannot be read as text in UTF-8" in run("--template", str(file)).stderr


def test_the_program_knows_the_command_and_loads_no_picture_for_it():
    code = ("import sys; from server.cli.main import main\n"
            "try: main(['label', 'carton'])\nexcept SystemExit: pass\n"
            "print([one for one in ('PIL', 'zxingcpp', 'reportlab', 'cv2') if one in sys.modules], file=sys.stderr)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("^XA")
    assert done.stderr.strip() == "[]"


def test_a_label_of_another_size():
    assert "^PW839^LL1183" in run("sscc", "--size", "105x148").stdout
    refused = run("sscc", "--size", "40x40")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: Label 1: ")
    assert all("105x148" in run("sscc", "--size", wrong).stderr or "10 to 400 mm" in run("sscc", "--size", wrong).stderr for wrong in ("7", "axb", "nanxnan", "1e9x5"))
