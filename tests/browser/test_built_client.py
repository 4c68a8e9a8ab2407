"""What the handheld loads at once: small, in the language of Chromium 80, and with words for browsers that lack something."""

import gzip
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from server.settings import CLIENT_FOLDER
from tests.browser.conftest import SIZES, Screen

ROOT = Path(__file__).parents[2]
APP_BYTES_MAX = 150_000
_SAME_IN_2020 = """
import { readFileSync } from "node:fs";
import { transformSync } from "rolldown/experimental";
const written = (path, target) => transformSync(path, readFileSync(path, "utf8"), { target });
for (const path of process.argv.slice(1)) {
  const [old, now] = [written(path, "es2020"), written(path, "esnext")];
  if (old.errors.length || old.code !== now.code) console.log(path);
}
"""
"""Names the files in which there is something to be put in older words: written for ES2020 and for today they come out differently."""


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("handheld_build", ROOT / "handheld" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def shell() -> list[Path]:
    """The files that the handheld's page loads at once."""
    told = json.loads((CLIENT_FOLDER / "shell.json").read_text())["files"]
    return [CLIENT_FOLDER / "index.html", *(CLIENT_FOLDER / name.lstrip("/") for name in told)]


def newer_than_2020(*paths: Path) -> list[str]:
    node = builder().node()
    if node is None:
        pytest.skip("no Node on this machine")
    done = subprocess.run([node, "--input-type=module", "-e", _SAME_IN_2020, *map(str, paths)], cwd=ROOT / "handheld",
                          capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_app_is_small_without_camera_and_preview(record_property):
    weight = sum(len(gzip.compress(path.read_bytes(), 9)) for path in shell())
    sys.stdout.write(f"the handheld's app: {weight / 1000:.1f} kB gzip in {len(shell())} files (at most {APP_BYTES_MAX // 1000})\n")
    record_property("app_gzip_bytes", weight)
    assert weight < APP_BYTES_MAX


def test_camera_and_preview_are_no_part_of_it():
    large = [path.name for path in shell() if path.stat().st_size > 300_000 or path.suffix == ".wasm"]
    assert large == []


def test_all_scripts_are_written_in_the_language_of_2020():
    assert newer_than_2020(*sorted((CLIENT_FOLDER / "assets").glob("*.js"))) == []


def test_the_check_of_the_language_finds_what_is_newer(tmp_path):
    (tmp_path / "new.js").write_text("let a = null; a ??= 2;")
    (tmp_path / "old.js").write_text("let a = globalThis?.b ?? 1;")
    assert newer_than_2020(tmp_path / "new.js", tmp_path / "old.js") == [str(tmp_path / "new.js")]


@pytest.mark.parametrize("newer", [":has(", "aspect-ratio", "inset:", "inset-inline", "@container", "@layer", ":is(", ":where("])
def test_the_handhelds_look_uses_nothing_that_chromium_80_does_not_know(newer):
    assert [path.name for path in shell() if path.suffix == ".css" and newer in path.read_text()] == []


def test_the_handhelds_look_nests_no_rules():
    sheets = [path.read_text() for path in shell() if path.suffix == ".css"]
    assert [sheet for sheet in sheets if re.search(r"[{;]\s*&", sheet)] == []


def test_the_handhelds_look_parts_no_flexible_row_by_gap():
    rules = [rule for path in shell() if path.suffix == ".css" for rule in re.findall(r"[^{}]+{[^{}]*}", path.read_text())]
    assert [rule for rule in rules if re.search(r"display:(?:inline-)?flex", rule) and re.search(r"[{;](?:row-|column-)?gap:", rule)] == []


def test_the_words_for_old_browsers_are_in_old_words():
    words = re.sub(r"//.*|\"[^\"]*\"", "", (CLIENT_FOLDER / "able.js").read_text())
    assert re.findall(r"=>|`|\b(?:const|let|class|async|await)\b|\?\.|\?\?", words) == []


@pytest.mark.parametrize(("language", "words"), [("en", ("This browser is too old", "talk between tabs", "80 or later")),
                                                 ("zh-CN", ("此浏览器过旧", "标签页通信", "80 或更高"))])
def test_a_browser_that_lacks_something_is_told_what_and_from_which_version_on(browser, shop, language, words):
    width, height = SIZES["small"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    context.add_init_script("delete window.BroadcastChannel; delete Promise.allSettled")
    page = context.new_page()
    page.goto(shop.house.address)
    page.wait_for_selector("#lacks")
    shown = page.inner_text("#lacks")
    assert [one for one in (*words, "Promise.allSettled") if one not in shown] == []
    assert page.query_selector_all("button") == []
    Screen(page, [], language).keep(f"lacks-{language}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_a_browser_that_does_not_know_the_language_itself_is_told_so(browser, shop):
    page = browser.new_context(locale="en").new_page()
    page.route("**/assets/index-*.js", lambda route: route.fulfill(body="let a = 1 ?. ? 2;", content_type="text/javascript"))
    page.goto(shop.house.address)
    page.wait_for_selector("#lacks")
    assert "ES2020" in page.inner_text("#lacks")
    page.context.close()
