"""Letters that a printer does not have: drawn with a font of the machine, refused with a cure where there is none."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from labels.backends.zpl import zpl
from labels.errors import NoFont
from labels.template import template

fonts = pytest.importorskip("labels.fonts")


@pytest.fixture
def no_font(monkeypatch):
    monkeypatch.setattr(fonts, "_FONT_FOLDERS", ())
    monkeypatch.delenv("AISLE_FONT", raising=False)
    fonts.wide_font.cache_clear()
    yield monkeypatch
    fonts.wide_font.cache_clear()


def chinese():
    return zpl(template("lpn").drawings({"code": "LPN1", "name": "有机苹果汁"}))


def test_without_a_font_the_label_is_refused_and_the_package_named(no_font):
    with pytest.raises(NoFont, match=r"apt install fonts-noto-cjk"):
        chinese()


def test_latin_letters_need_no_font_of_the_machine(no_font):
    assert "^GFA" in zpl(template("lpn").drawings({"code": "LPN1", "name": "Café Müller, Ålesund, 5 °C"}))


@pytest.mark.parametrize("said", ["/nowhere/font.ttf", __file__])
def test_a_setting_that_names_no_font_is_refused_with_its_name(no_font, said):
    no_font.setenv("AISLE_FONT", said)
    with pytest.raises(NoFont, match=r"AISLE_FONT") as refused:
        chinese()
    assert said in refused.value.sentence


def test_simplified_chinese_is_drawn_as_in_china():
    try:
        path, face = fonts.wide_font()
    except NoFont as missing:
        pytest.skip(missing.sentence)
    name = fonts._installed(path, face, 20).getname()[0]
    assert name.endswith("SC") or not path.endswith("CJK-Regular.ttc")


def test_twenty_threads_draw_the_same_label():
    try:
        alone = chinese()
    except NoFont as missing:
        pytest.skip(missing.sentence)
    with ThreadPoolExecutor(20) as pool:
        assert {drawn.result() for drawn in [pool.submit(chinese) for _ in range(200)]} == {alone}
