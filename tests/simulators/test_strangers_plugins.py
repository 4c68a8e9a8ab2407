"""What plugins and programmes that take a WooCommerce shop's orders ask it besides: how it is set up, whose the orders are, and where the parcels are."""

import pytest

from simulators.shops.woocommerce import WooCommerceShop
from tests.simulators.asking import ask, link, woo


@pytest.fixture
def shop():
    shop = WooCommerceShop()
    yield shop
    shop.close()


def at_plugin(shop):
    from woocommerce import API  # noqa: PLC0415 - costs time that only these tests shall pay
    return API(url=shop.address, consumer_key=shop.keys.key, consumer_secret=shop.keys.secret, version="wc-shipment-tracking/v3", timeout=30)


def test_the_site_says_what_can_be_asked_to_anybody(shop):
    answer = ask(shop, "GET", "/wp-json/")
    assert answer.status == 200 and {"wc/v3", "wc-shipment-tracking/v3"} <= set(answer.json["namespaces"])
    assert ask(shop, "GET", "/wp-json/wc/v3/").status == 401


def test_all_verbs_of_an_address_are_told(shop):
    assert woo(shop, "GET", "").json["routes"]["/wc/v3/orders"]["methods"] == ["GET", "POST"]


def test_how_it_is_set_up_is_told_by_group(shop):
    groups = woo(shop, "GET", "settings").json
    assert {"general", "products", "tax", "shipping"} <= {one["id"] for one in groups}
    assert groups[0]["_links"]["options"][0]["href"].endswith("/wp-json/wc/v3/settings/general")
    told = {one["id"]: one["value"] for one in woo(shop, "GET", "settings/general").json}
    assert (told["woocommerce_currency"], told["woocommerce_price_num_decimals"]) == ("EUR", "2")
    option = woo(shop, "GET", "settings/products/woocommerce_weight_unit").json
    assert (option["value"], option["group_id"], option["type"]) == ("kg", "products", "select")


@pytest.mark.parametrize("path, code", [("settings/colour", "rest_setting_setting_group_invalid"), ("settings/general/colour", "rest_setting_setting_invalid")])
def test_what_cannot_be_set_is_not_found(shop, path, code):
    answer = woo(shop, "GET", path)
    assert (answer.status, answer.json["code"]) == (404, code)


def test_an_option_is_set_otherwise_alone_or_with_others(shop):
    assert woo(shop, "PUT", "settings/general/woocommerce_calc_taxes", {"value": "yes"}).json["value"] == "yes"
    wrong = woo(shop, "PUT", "settings/general/woocommerce_calc_taxes", {"value": "perhaps"})
    assert (wrong.status, wrong.json["code"]) == (400, "rest_invalid_param")
    told = woo(shop, "POST", "settings/products/batch", {"update": [{"id": "woocommerce_weight_unit", "value": "g"}, {"id": "colour", "value": 1}]}).json["update"]
    assert told[0]["value"] == "g" and told[1]["error"]["code"] == "rest_setting_setting_invalid"
    assert woo(shop, "GET", "settings/products/woocommerce_weight_unit").json["value"] == "g"


def test_countries_are_told_with_their_states(shop):
    assert {"DE", "CN", "US"} <= {one["code"] for one in woo(shop, "GET", "data/countries").json}
    germany = woo(shop, "GET", "data/countries/de").json
    assert (germany["name"], germany["states"][0]) == ("Germany", {"code": "DE-BE", "name": "Berlin"})
    assert woo(shop, "GET", "data/countries/xx").json["code"] == "woocommerce_rest_data_invalid_location"
    assert [one["slug"] for one in woo(shop, "GET", "data").json] == ["continents", "countries", "currencies"]
    assert woo(shop, "GET", "data/currencies/eur").json["code"] == "EUR" and woo(shop, "GET", "data/currencies/xyz").status == 404


def test_ways_of_shipping_paying_and_taxing_are_told(shop):
    assert {"flat_rate", "local_pickup"} <= {one["method_id"] for one in woo(shop, "GET", "shipping/zones/0/methods").json}
    assert woo(shop, "GET", "shipping/zones/0/locations").json == [] and woo(shop, "GET", "shipping/zones/9/methods").json["code"] == "woocommerce_rest_shipping_zone_invalid"
    assert woo(shop, "GET", "shipping_methods/flat_rate").json["title"] == "Flat rate" and woo(shop, "GET", "shipping_methods/pigeon").status == 404
    assert woo(shop, "GET", "payment_gateways/stripe").json["enabled"] is True and woo(shop, "GET", "payment_gateways/shells").status == 404
    assert [one["slug"] for one in woo(shop, "GET", "taxes/classes").json] == ["standard", "reduced-rate", "zero-rate"]


def test_what_runs_there_is_told(shop):
    told = woo(shop, "GET", "system_status").json
    assert told["environment"]["version"] == told["database"]["wc_database_version"] and told["active_plugins"][0]["name"] == "WooCommerce"
    assert {"settings", "security", "theme", "pages", "post_type_counts"} <= set(told)


def test_a_customer_is_made_found_changed_and_removed(shop):
    made = woo(shop, "POST", "customers", {"email": "ana@example.com", "first_name": "Ana", "billing": {"city": "Madrid", "colour": "red"}})
    number = made.json["id"]
    assert (made.status, made.json["username"], made.json["billing"]["city"], "colour" in made.json["billing"]) == (201, "ana", "Madrid", False)
    assert made.headers["location"].endswith(f"/customers/{number}")
    assert [one["id"] for one in woo(shop, "GET", "customers", email="ana@example.com").json] == [number] and woo(shop, "GET", "customers", email="bob@example.com").json == []
    again = woo(shop, "PUT", f"customers/{number}", {"last_name": "García", "shipping": {"postcode": "28001"}})
    assert (again.status, again.json["last_name"], again.json["first_name"], again.json["shipping"]["postcode"]) == (200, "García", "Ana", "28001")
    assert woo(shop, "DELETE", f"customers/{number}").status == 501
    assert woo(shop, "DELETE", f"customers/{number}", force="true").status == 200 and woo(shop, "GET", f"customers/{number}").status == 404


@pytest.mark.parametrize("body, code", [({}, "rest_missing_callback_param"), ({"email": "nobody"}, "rest_invalid_param"), ({"email": "ana@example.com"}, "registration-error-email-exists")])
def test_a_customer_that_cannot_be_is_refused(shop, body, code):
    woo(shop, "POST", "customers", {"email": "ana@example.com"})
    answer = woo(shop, "POST", "customers", body)
    assert (answer.status, answer.json["code"]) == (400, code)


def test_several_customers_are_made_and_removed_each_by_itself(shop):
    told = woo(shop, "POST", "customers/batch", {"create": [{"email": "ana@example.com"}, {"email": "ana@example.com"}], "delete": [7]}).json
    assert told["create"][0]["email"] == "ana@example.com" and told["create"][1]["error"]["code"] == "registration-error-email-exists"
    assert told["delete"][0]["error"]["code"] == "woocommerce_rest_invalid_id"


def test_orders_are_a_customers_or_a_guests(shop):
    ana, shop_order = woo(shop, "POST", "customers", {"email": "ana@example.com"}).json["id"], shop.place([("A", 1)]).ref
    hers = woo(shop, "POST", "orders", {"customer_id": ana, "line_items": [{"sku": "A", "quantity": 1}]}).json
    assert hers["customer_id"] == ana and [one["id"] for one in woo(shop, "GET", "orders", customer=ana).json] == [hers["id"]]
    assert [one["id"] for one in woo(shop, "GET", "orders", customer=0).json] == [int(shop_order)]
    assert woo(shop, "PUT", f"orders/{shop_order}", {"customer_id": 77}).json["code"] == "woocommerce_rest_invalid_customer_id"


def test_notes_are_shown_by_kind(shop):
    ref = shop.place([("A", 1)]).ref
    woo(shop, "POST", f"orders/{ref}/notes", {"note": "to the customer", "customer_note": True})
    woo(shop, "POST", f"orders/{ref}/notes", {"note": "between us"})
    assert [one["note"] for one in woo(shop, "GET", f"orders/{ref}/notes", type="customer").json] == ["to the customer"]
    assert [one["note"] for one in woo(shop, "GET", f"orders/{ref}/notes", type="internal").json] == ["between us"]
    assert woo(shop, "GET", f"orders/{ref}/notes", type="loud").status == 400


def test_variations_are_made_and_removed_several_at_once(shop):
    shirt = shop.add_product("SHIRT")
    made = woo(shop, "POST", f"products/{shirt}/variations/batch", {"create": [{"sku": "S-M", "stock_quantity": 4}, {"sku": "S-L"}]}).json["create"]
    assert [one["sku"] for one in made] == ["S-M", "S-L"] and shop.quantities["S-M"] == 4
    told = woo(shop, "POST", f"products/{shirt}/variations/batch", {"delete": [made[0]["id"], 7]}).json["delete"]
    assert told[0]["sku"] == "S-M" and told[1]["error"]["code"] == "woocommerce_rest_product_variation_invalid_id"
    assert woo(shop, "DELETE", f"products/{shirt}/variations/{made[1]['id']}").status == 501
    assert woo(shop, "DELETE", f"products/{shirt}/variations/{made[1]['id']}", force="true").status == 200
    assert woo(shop, "GET", f"products/{shirt}/variations").json == []


def test_what_is_changed_by_a_post_is_not_new(shop):
    number = shop.add_product("A", 1)
    assert woo(shop, "POST", f"products/{number}", {"stock_quantity": 5}).status == 200 and shop.quantities["A"] == 5


def test_a_tracking_number_is_put_on_an_order_by_the_plugin_with_the_official_client(shop):
    ref, api = shop.place([("A", 1)]).ref, at_plugin(shop)
    made = api.post(f"orders/{ref}/shipment-trackings", {"tracking_provider": "USPS", "tracking_number": "94001", "date_shipped": "2026-11-30"})
    assert made.status_code == 201 and made.headers["Location"].endswith(f"/shipment-trackings/{made.json()['tracking_id']}")
    assert {name: one for name, one in made.json().items() if name != "tracking_id"} == {
        "tracking_provider": "USPS", "tracking_link": "https://tools.usps.com/tracking/94001", "tracking_number": "94001", "date_shipped": "2026-11-30"}
    assert [one.tracking for one in shop.orders[ref].parcels] == ["94001"] and shop.status(shop.orders[ref]) == "processing"
    assert [one["key"] for one in shop.paper(shop.orders[ref])["meta_data"]] == ["_wc_shipment_tracking_items"]
    assert api.get(f"orders/{ref}/shipment-trackings").json() == [made.json()]
    assert api.get(f"orders/{ref}/shipment-trackings/{made.json()['tracking_id']}").json() == made.json()
    assert api.delete(f"orders/{ref}/shipment-trackings/{made.json()['tracking_id']}").status_code == 200
    assert shop.orders[ref].parcels == () and api.get(f"orders/{ref}/shipment-trackings").json() == []


def test_a_carrier_that_the_plugin_does_not_know_has_its_own_address(shop):
    ref, api = shop.place([("A", 1)]).ref, at_plugin(shop)
    made = api.post(f"orders/{ref}/shipment-trackings", {"custom_tracking_provider": "SF", "custom_tracking_link": "https://example.com/t/%1$s", "tracking_number": "SF1"}).json()
    assert (made["tracking_provider"], made["tracking_link"]) == ("SF", "https://example.com/t/SF1")
    assert api.post(f"orders/{ref}/shipment-trackings", {"tracking_number": "SF1"}).status_code == 400
    assert api.post(f"orders/{ref}/shipment-trackings", {"tracking_provider": "USPS", "tracking_number": "1", "date_shipped": "soon"}).status_code == 400
    assert "USPS" in api.get("shipment-trackings/providers").json()["United States"]
    assert api.get("orders").status_code == 404


def test_pages_are_turned_by_their_links_to_the_end(shop):
    refs = [int(shop.place([("A", 1)]).ref) for _ in range(5)]
    answer, seen = woo(shop, "GET", "orders", per_page=2, orderby="id", order="asc", _fields="id"), []
    while answer:
        seen += [one["id"] for one in answer.json]
        assert (answer.headers["x-wp-total"], answer.headers["x-wp-totalpages"]) == ("5", "3")
        following = link(answer).get("next")
        answer = woo(shop, "GET", following.removeprefix("/wp-json/wc/v3/")) if following else None
    assert seen == refs
