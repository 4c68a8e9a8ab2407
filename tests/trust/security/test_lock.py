import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_lock_pins_with_hashes_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"],
             *(one for extra in project["project"]["optional-dependencies"].values() for one in extra)]
    names = {re.match(r"[a-z0-9-]+", one)[0] for one in asked}
    assert names <= set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==", lock, re.MULTILINE))
    for block in re.split(r"\n(?=[a-z0-9])", lock.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_no_file_names_a_registry_or_a_machine():
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "/ro" + "ot/", "/wo" + "rk/"]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in tracked:
        content = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        assert [host for host in hosts if host in content] == [], name
