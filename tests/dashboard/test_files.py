"""Figures as CSV and PDF: what a spreadsheet and a reader find in them, in both languages."""

import csv
import io

import pytest
from sqlalchemy import text

from server.dashboard.figure_list import FIGURES
from server.dashboard.figure_words import LANGUAGES, duration, word, words
from server.dashboard.figures_csv import figures_csv
from server.kernel.clock import StillClock
from server.kernel.database import Database
from tests.conftest import fresh_url
from tests.dashboard.conftest import Story, at

pdfium = pytest.importorskip("pypdfium2")
pdf = pytest.importorskip("server.dashboard.figures_pdf")
SPAN = {"since": "2026-09-21", "step": "day", "compare_since": "2026-09-20"}


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    clock = StillClock(at("2026-09-21 08:00"))
    database = Database(fresh_url(request, "sqlite", tmp_path_factory.mktemp("files"), has_warehouse=True), clock=clock)
    story = Story(database, clock)
    story.house.database.write(lambda tx: tx.execute(text("UPDATE worker SET name = '=cmd()|李' WHERE badge = 'BDG-1'")))
    story.ship(3, cutoff_in=60)
    told = story.look(**SPAN)
    database.close()
    return told


def rows(found, language: str = "en") -> list[list[str]]:
    return list(csv.reader(io.StringIO(figures_csv(found, language), newline="")))


def read_back(found, language: str) -> str:
    document = pdfium.PdfDocument(pdf.figures_pdf(found, language))
    return "\n".join(document[at].get_textpage().get_text_bounded() for at in range(len(document)))


def test_a_csv_has_a_line_for_the_whole_the_one_before_each_step_and_each_person(found):
    told = rows(found)
    assert [row[0] for row in told] == ["Part", "In all", "Before", "Step", "'=cmd()|李"]
    assert told[1][1:3] == ["2026-09-21T00:00+00:00", "2026-09-22T00:00+00:00"]
    assert told[1][told[0].index("Units shipped (units)")] == "3"
    assert {len(row) for row in told} == {3 + len(FIGURES)}


def test_no_cell_of_a_csv_is_a_formula(found):
    assert [cell for row in rows(found) for cell in row if cell[:1] in "=+-@\t\r" and cell and not cell.lstrip("-").replace(".", "").isdigit()] == []


def test_a_csv_ends_its_lines_as_the_rfc_says(found):
    told = figures_csv(found, "zh-CN")
    assert told.count("\r\n") == told.count("\n") == 5
    assert told.startswith("部分,从,到,收到订单 (单)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_tells_every_figure_its_value_and_its_meaning(found, language):
    told = "".join(read_back(found, language).split())
    assert [one.key for one in FIGURES if "".join(word(language, one.key).replace("… ", "").split()) not in told] == []
    assert "15.00EUR" in told
    assert {"en": "Shippedordersthatleftatorbeforetheircut-off", "zh-CN": "在截单时间或之前发出的订单"}[language] in told


def test_a_chinese_name_is_read_in_an_english_pdf(found):
    assert "=cmd()|李" in read_back(found, "en")


def test_every_figure_has_a_name_and_a_meaning_in_both_languages():
    assert words("en").keys() == words("zh-CN").keys()
    assert [one.key for one in FIGURES for language in LANGUAGES if not all(words(language)[one.key])] == []
    assert [one.unit for one in FIGURES for language in LANGUAGES if not word(language, f"unit.{one.unit}")] == []


@pytest.mark.parametrize(("seconds", "said"), [(5, "5 s"), (119, "119 s"), (1800, "30 min"), (3 * 3600, "3.0 h"), (86_400 * 3, "3.0 d"), (-1800, "-30 min")])
def test_a_time_is_told_in_the_unit_that_it_has_a_few_of(seconds, said):
    assert duration(seconds, "en") == said
