"""The page of the design: every part in every state, light and dark, in gloves, with text twice as large."""


WORDS = {"en": {"large": "Text at 200 %"}, "zh-CN": {"large": "文字 200%"}}


def test_every_part_of_the_design_is_shown_and_can_be_read(desk):
    one = desk("/look", words=WORDS, signs_in=False)
    one.page.wait_for_selector(".flood.bad")
    one.looks("look", says=("large",))
    one.page.click(f"button:text-is('{one.words['large']}')")
    one.looks("look-twice", sizes=((360, 640),), themes=("light",))


def test_gloves_make_every_target_fifteen_millimetres(desk):
    one = desk("/look", signs_in=False)
    one.page.click("button:text-is('Gloves')")
    small = one.page.evaluate("[...document.querySelectorAll('button')].filter((one) => one.getBoundingClientRect().height < 87.5).map((one) => one.innerText)")
    assert small == []


def test_the_panel_opens_and_escape_closes_it(desk):
    one = desk("/look", signs_in=False)
    one.page.click("button:text-is('Open the panel')")
    one.page.wait_for_selector("dialog[open]")
    one.page.keyboard.press("Escape")
    one.page.wait_for_selector("dialog", state="detached")
