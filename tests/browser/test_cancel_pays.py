"""Who cancels an order whose buyer asks for the money says yes to that: the button says so before."""

from tests.browser.test_orders_page import looks_in_panel
from tests.browser.test_refunds_page import asked, taobao
from tests.waiting import until

__all__ = ["asked", "taobao"]
WORDS = {"en": {"cancel": "Cancel the order", "pays": "Cancel and pay back", "how": "whoever cancels the order says yes to that", "asks": "The buyer asks tb for"},
         "zh-CN": {"cancel": "取消订单", "pays": "取消并退款", "how": "取消订单即同意退款", "asks": "买家向 tb 申请退款"}}


def test_the_button_says_that_the_buyer_is_paid_and_the_buyer_is(asked, own_shop, taobao, desk):
    (number, request), _ = asked.items()
    one = desk(f"/orders#{number}", at=own_shop, words=WORDS)
    one.page.wait_for_selector(".story li")
    one.says("asks")
    one.page.click(f"header button.danger:text-is('{one.words['cancel']}')")
    looks_in_panel(one, "cancel-pays", "how", "pays")
    one.page.fill("dialog input[name=reason]", "the buyer asked for it")
    one.page.click(f"dialog button.danger:text-is('{one.words['pays']}')")
    assert until(lambda: taobao.requests.all[request].state == "paid")
    assert own_shop.office.call("GET", f"/api/v1/orders/{number}")["state"] == "cancelled"
