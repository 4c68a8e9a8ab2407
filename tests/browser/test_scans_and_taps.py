"""How many scans and taps a line takes on the shortest path, counted in a browser that is typed into as a scanner types."""

import pytest

from tests.browser.conftest import ITEMS
from tests.browser.test_screens import parcel_of


def code(item):
    return f"(01){ITEMS[item][1]}"


class Counted:
    """A handheld whose scans and trusted clicks are counted."""

    def __init__(self, pda, shop) -> None:
        self.pda, self.shop, self.scans = pda, shop, 0
        pda.page.evaluate("() => { window.taps = 0; addEventListener('click', (event) => { window.taps += event.isTrusted ? 1 : 0; }, true); }")

    def scan(self, text, *, sees=None, home=False):
        """Counts; `sees` (selector, text) and `home` wait until the screen has come that far."""
        self.scans += 1
        self.pda.scan(text)
        if home:
            self.pda.home()
        if sees:
            self.pda.sees(*sees)

    def begin(self, text, selector, shown):
        """Opens the work: once for the whole task, so not counted for its lines."""
        self.pda.scan(text)
        self.pda.sees(selector, shown)

    def took(self):
        """Scans and taps since the last time."""
        told = self.scans, self.pda.page.evaluate("window.taps")
        self.scans = 0
        self.pda.page.evaluate("window.taps = 0")
        return told


@pytest.fixture
def hand(own_shop, pda):
    return Counted(pda, own_shop)


@pytest.fixture
def language():
    return "en"


def lpns_of(shop, item):
    rows = shop.office.call("GET", f"/api/v1/stock?item={item}&location=W1-DOCK-1")["items"]
    return sorted(row["lpn"] for row in rows if row["lpn"])


def test_a_line_is_received_with_one_scan_lot_and_expiry_included(hand, own_shop):
    hand.begin(own_shop.asn(MILK=48), ".title", "Oat milk")
    hand.scan(f"{code('MILK')}(17)300630(30)48(10)L7", home=True)
    assert hand.took() == (1, 0)
    own_shop.until("/api/v1/stock?item=MILK", lambda rows: [(row["quantity"], row["lot"]) for row in rows] == [(48, "L7")])


def test_a_pallet_is_put_away_with_two_scans_and_two_with_two_and_two(hand, own_shop):
    for item in ("SOAP", "TEA", "MILK"):
        colleague = own_shop.helper
        colleague.scan(own_shop.asn(**{item: 9}))
        colleague.scan(f"{code(item)}(17)300630(30)9(10)L7" if item == "MILK" else f"{code(item)}(30)9")
    first, second, third = (lpns_of(own_shop, item)[0] for item in ("SOAP", "TEA", "MILK"))
    hand.scan(first, sees=(".ask", "Scan the bin"))
    hand.scan("W1-A-01-1", home=True)
    assert hand.took() == (2, 0)
    hand.scan(second, sees=(".ask", "Scan the bin"))
    hand.scan(third, sees=(".head b", "0 of 2"))
    hand.scan("W1-A-02-1", sees=(".head b", "1 of 2"))
    hand.scan("W1-B-01-1", home=True)
    assert hand.took() == (4, 0)


def test_a_line_of_a_single_order_is_one_scan(hand, own_shop):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.put("TEA", 20, "W1-B-02-2")
    own_shop.ordered({"SOAP": 2, "TEA": 1})
    hand.begin("TOTE-8", ".where", "W1-A-01-1")
    hand.scan(f"{code('SOAP')}(30)2", sees=(".where", "W1-B-02-2"))
    assert hand.took() == (1, 0)
    hand.scan(code("TEA"), home=True)
    assert hand.took() == (1, 0)


def test_a_line_on_a_trolley_is_two_scans(hand, own_shop):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.put("TEA", 20, "W1-B-02-2")
    own_shop.ordered({"SOAP": 1, "TEA": 1}, {"TEA": 1}, picking="cluster")
    hand.begin("TROLLEY-1", ".where", "W1-A-01-1")
    hand.scan(code("SOAP"), sees=(".ask", "Scan the tote"))
    hand.scan("TOTE-1", sees=(".where", "W1-B-02-2"))
    assert hand.took() == (2, 0)


def test_a_short_pick_is_one_command_and_the_quantity(hand, own_shop):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.ordered({"SOAP": 5})
    hand.begin("TOTE-8", ".where", "W1-A-01-1")
    hand.scan("CMD-SHORT", sees=(".pad", "How many are there?"))
    hand.scan("QTY-3", home=True)
    assert hand.took() == (2, 0)


def test_a_parcel_is_its_items_and_its_label_and_one_scan_at_the_door(hand, own_shop):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.put("TEA", 20, "W1-A-02-1")
    own_shop.ordered({"SOAP": 1, "TEA": 1})
    colleague = own_shop.helper
    for scan in ("TOTE-8", code("SOAP"), code("TEA")):
        colleague.scan(scan)
    hand.begin("TOTE-8", ".list", "Soap")
    hand.scan(code("SOAP"), sees=(".packed", "Soap"))
    hand.scan(code("TEA"), sees=(".ask", "label"))
    parcel = parcel_of(own_shop)
    hand.scan(f"]C100{parcel}", home=True)
    assert hand.took() == (3, 0)
    hand.begin("W1-DOOR-1", ".where", "W1-DOOR-1")
    hand.scan(f"]C100{parcel}", sees=(".head b", "1 of 1"))
    assert hand.took() == (1, 0)


def test_a_unit_is_counted_with_one_scan_a_pallet_with_one_and_the_next_bin_closes_this_one(hand, own_shop):
    pallet = own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-A-01-1", "W1-A-02-1"]})
    hand.pda.page.reload()
    hand.pda.page.wait_for_selector(".counts button")
    hand.pda.page.click(".counts button")
    hand.pda.sees(".where", "W1-A-01-1")
    hand = Counted(hand.pda, own_shop)
    hand.begin("W1-A-01-1", ".ask", "Scan everything")
    hand.scan(pallet, sees=(".list", pallet))
    assert hand.took() == (1, 0)
    hand.scan("W1-A-02-1", sees=(".where", "W1-A-02-1"))
    hand.took()
    hand.scan(code("TEA"), sees=(".list", "Green tea"))
    assert hand.took() == (1, 0)
    hand.scan("CMD-DONE", home=True)
    own_shop.until("/api/v1/counts", lambda states: [row["state"] for row in states if row["location"] == "W1-A-01-1"] == ["done"])
