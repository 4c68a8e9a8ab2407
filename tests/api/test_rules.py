"""Addresses of routes are put together though the functions for it are compiled only then."""

from werkzeug.routing import Map, Rule

from server.api.rules import LazyRule


def test_the_address_of_every_route_leads_back_to_it(one_house):
    adapter = one_house.app.web.url_map.bind("localhost")
    for rule in one_house.app.web.url_map.iter_rules():
        method = min(rule.methods - {"HEAD", "OPTIONS"})
        address = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method)
        assert adapter.match(address, method)[0] == rule.endpoint, address


def test_what_is_asked_for_beside_the_address_is_added_as_by_werkzeug_itself():
    for wanted in ({"code": "A/1 ü", "more": ["1", "2"]}, {"code": "x"}, {"code": "x", "rule": "y", "self": "z"}):
        lazy, eager = (Map([kind("/items/<code>", endpoint="item", methods=["GET"])]).bind("localhost") for kind in (LazyRule, Rule))
        for _ in range(2):
            assert lazy.build("item", wanted) == eager.build("item", wanted)
        assert lazy.build("item", wanted, append_unknown=False) == eager.build("item", wanted, append_unknown=False)
