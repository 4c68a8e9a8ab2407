"""From the queue of exceptions to an order that brought no address, straight into its form; and when one is written, it goes."""

from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

WORDS = {"en": {"to": "Change the address", "none": "There is no address. Ask its customer and change its address, and it goes.", "empty": "every order goes by itself"},
         "zh-CN": {"to": "修改地址", "none": "缺少地址。请联系客户并修改地址，之后即放行。", "empty": "所有订单均正常进行"}}
HOME = {"name": "李伟", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}


def test_an_order_without_an_address_is_given_one_from_the_queue(own_shop, desk):
    own_shop.office.call("PATCH", "/api/v1/sites/W1", {"settings": {"order_checks": "hold"}})
    own_shop.put("SOAP", 20, "W1-A-01-1")
    number = own_shop.office.call("POST", "/api/v1/orders", {"site": "W1", "reference": "1", "lines": [{"item": "SOAP", "quantity": 1}]})["number"]
    one = desk("/exceptions", at=own_shop, words=WORDS)
    one.says("none")
    one.looks("no-address-queue", sizes=((360, 640), (1280, 800)), themes=("light",), says=("to",))
    one.page.click(f".queue .thing a:text-is('{one.words['to']}')")
    one.page.wait_for_selector("dialog input[name=street]")
    assert number in one.page.url and "address=" not in one.page.url, "looked at afresh it is not asked again"
    for field, value in HOME.items():
        if one.page.locator(f"dialog input[name={field}]").count():
            one.page.fill(f"dialog input[name={field}]", value)
    for field in ("state", "city", "district", "street"):
        one.page.fill(f"dialog input[name={field}]", HOME[field])
    looks_in_panel(one, "no-address-form")
    one.page.fill("dialog input[name=reason]", "she said")
    one.page.click("dialog button[type=submit]")
    one.page.wait_for_selector("dialog", state="detached")
    assert until(lambda: own_shop.office.call("GET", f"/api/v1/orders/{number}")["hold"] == "")
    assert own_shop.office.call("GET", f"/api/v1/orders/{number}")["ship_to"] == HOME
    one.page.goto(one.page.url.split("/orders")[0] + "/exceptions")
    one.says("empty")
