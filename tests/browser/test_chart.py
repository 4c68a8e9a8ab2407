"""The chart that every page draws with: seen, and read as a table by whoever cannot see it."""


def test_a_chart_is_drawn_and_its_numbers_are_in_a_table_too(desk):
    one = desk("/look", signs_in=False)
    one.page.wait_for_selector(".chart canvas")
    assert one.page.get_attribute(".chart .plot", "aria-label") == "Each hour (Lines)"
    one.page.click(".chart summary >> nth=0")
    one.page.wait_for_selector(".chart td")
    assert [cell.inner_text() for cell in one.page.query_selector_all(".chart tbody tr:first-child > *")] == ["Nov 28, 06:00", "40", "37"]


def test_a_chart_is_as_wide_as_its_place(desk):
    one = desk("/look", signs_in=False)
    for width in (1280, 360):
        one.page.set_viewport_size({"width": width, "height": 900})
        one.page.wait_for_function("() => [...document.querySelectorAll('.plot')].every((e) => Math.abs(e.clientWidth - e.querySelector('.uplot').offsetWidth) < 2)")


def test_a_chart_changes_its_colours_with_the_page(desk):
    one = desk("/look", signs_in=False)
    one.page.wait_for_selector(".chart canvas")
    light = one.page.evaluate("document.querySelector('.chart canvas').toDataURL()")
    one.page.emulate_media(color_scheme="dark")
    one.page.wait_for_function("(light) => document.querySelector('.chart canvas').toDataURL() !== light", arg=light)
