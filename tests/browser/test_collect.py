"""A customer comes for an order: what the worker at the counter sees, from the tote to the hand-over."""



from tests.browser.conftest import ITEMS


def collected(shop):
    """An order for Cara Poe, picked into TOTE-8, in the hands of a colleague."""
    for item, bin_ in (("SOAP", "W1-A-01-1"), ("TEA", "W1-A-02-1")):
        shop.put(item, 5, bin_)
    shop.papers += 1
    number = shop.office.call("POST", "/api/v1/orders", {
        "site": "W1", "reference": f"C-{shop.papers}", "customer": "Cara Poe", "delivery": "collect",
        "lines": [{"item": "SOAP", "quantity": 2}, {"item": "TEA", "quantity": 1}]})["number"]
    shop.until("/api/v1/dashboard", lambda rows: {"state": "waiting", "count": 1} in rows, name="orders")
    shop.office.call("POST", "/api/v1/waves", {"site": "W1", "picking": "single"})
    shop.until("/api/v1/tasks", lambda rows: any(row["kind"] == "pick" and row["state"] == "open" for row in rows))
    helper = shop.helper
    for scan in ("TOTE-8", ITEMS["SOAP"][1], ITEMS["TEA"][1]):
        helper.scan(scan)
    return number


def code_of(shop, number):
    return shop.office.call("GET", f"/api/v1/orders/{number}/collection")["code"]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


WORDS = {"en": ("Waits in W1-STAGE-1 for its customer, until", "Handed over to its customer"), "zh-CN": ("在 W1-STAGE-1 等待顾客自提，保留至", "已交给顾客")}


def test_an_order_is_set_down_and_handed_over(own_shop, both, desk):
    pda = both
    number = collected(own_shop)
    code = code_of(own_shop, number)
    pda.scan("TOTE-8")
    pda.sees(".list", "2")
    pda.looks("collect-set-down", says=("slot.collect_place",))
    pda.dressed("collect-set-down")
    pda.scan("W1-STAGE-1")
    pda.home()
    pda.scan(number)
    pda.sees(".pad", pda.texts["slot.collect_code"])
    assert "Cara Poe" not in pda.page.inner_text("body")
    pda.looks("collect-code", says=("slot.collect_code",))
    for left in (4, 3):
        pda.type_in(wrong(code))
        pda.sees("body", pda.texts["hand_out.wrong_code"].format(order=number, left=left))
        pda.looks("collect-wrong-code", swaps=False)
        pda.page.click(".stop .buttons button")
        pda.swap()
    pda.type_in(code)
    pda.sees(".what", "Cara Poe")
    pda.page.wait_for_function("() => [...document.querySelectorAll('.list img')].length === 2 && [...document.querySelectorAll('.list img')].every((one) => one.naturalWidth)")
    pda.looks("collect-give", sees=("W1-STAGE-1", "TOTE-8"))
    pda.dressed("collect-give")
    pda.scan("TOTE-8")
    pda.home()
    own_shop.until("/api/v1/orders", lambda rows: rows[0]["state"] == "shipped")
    one = desk(f"/orders#{number}", at=own_shop, words=WORDS)
    for _ in WORDS:
        one.swap()
        for words in one.words:
            one.sees(words)
        assert "{" not in one.page.inner_text(".story")


