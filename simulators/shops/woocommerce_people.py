"""The customers of a WooCommerce shop who have an account: most that buy at a shop that is played are guests."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked, Reply
from simulators.shops.woocommerce_pages import Wrong, invalid, is_true, missing, numbers, page
from simulators.shops.woocommerce_papers import stamp
from simulators.shops.woocommerce_shelf import batch

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop

_PLACES = ("first_name", "last_name", "company", "address_1", "address_2", "city", "postcode", "country", "state", "phone")
_KEPT = ("email", "first_name", "last_name", "username")


class People:
    """By number."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop
        self._papers: dict[int, dict[str, Any]] = {}
        self.whose: dict[str, int] = {}
        """Of orders by their ref, who ordered; 0 is a guest."""

    def all(self, asked: Asked, _body: Any) -> Reply:
        """GET customers."""
        include, exclude, email, words = numbers(asked, "include"), numbers(asked, "exclude"), asked.get("email"), asked.get("search").lower()
        if asked.get("role", "customer") not in ("all", "customer"):
            return page(asked, [])
        found = [one for one in self._papers.values() if (not include or one["id"] in include) and one["id"] not in exclude and email in ("", one["email"])
                 and words in f"{one['email']} {one['first_name']} {one['last_name']} {one['username']}".lower()]
        return page(asked, sorted(found, key=lambda one: one["id"], reverse=asked.get("order", "asc") == "desc"))

    def one(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET customers/<number>."""
        return self._known(number, 404)

    def post(self, _asked: Asked, body: Mapping[str, Any]) -> Any:
        """POST customers."""
        if not body.get("email"):
            raise missing("email")
        self._check(body, 0)
        number, now = self._shop.new_id(), self._shop.now()
        made = {f"date_{what}{gmt}": stamp(now, 0 if gmt else self._shop.hours) for what in ("created", "modified") for gmt in ("", "_gmt")}
        self._papers[number] = {"id": number, **made, "email": "", "first_name": "", "last_name": "", "role": "customer", "username": str(body["email"]).partition("@")[0],
                                "billing": {**dict.fromkeys(_PLACES, ""), "email": ""}, "shipping": dict.fromkeys(_PLACES, ""), "is_paying_customer": False, "avatar_url": "",
                                "meta_data": []}
        return self._changed(number, body)

    def put(self, _asked: Asked, body: Mapping[str, Any], number: int) -> Any:
        """PUT customers/<number>."""
        self._known(number, 400)
        self._check(body, number)
        return self._changed(number, body)

    def delete(self, asked: Asked, _body: Any, number: int) -> Any:
        """DELETE customers/<number>: for good only."""
        if not is_true(asked.get("force")):
            raise Wrong(501, "woocommerce_rest_trash_not_supported", "Customers do not support trashing.")
        return self._gone(number)

    def batch(self, asked: Asked, body: Mapping[str, Any]) -> Any:
        """POST customers/batch."""
        return batch(body, create=lambda one: self.post(asked, one), update=lambda one: self.put(asked, one, int(one["id"])), delete=self._gone)

    def _gone(self, number: int) -> Any:
        paper = self._known(number, 400)
        del self._papers[number]
        return paper

    def _known(self, number: int, status: int) -> dict[str, Any]:
        if number not in self._papers:
            raise Wrong(status, "woocommerce_rest_invalid_id", "Invalid resource ID.")
        return self._papers[number]

    def _check(self, body: Mapping[str, Any], besides: int) -> None:
        email = str(body.get("email", ""))
        if "email" in body and "@" not in email:
            raise invalid("email", "Invalid email address.", "rest_invalid_email")
        if email and any(one["email"] == email for number, one in self._papers.items() if number != besides):
            if besides:
                raise Wrong(400, "woocommerce_rest_customer_invalid_email", "Email address is invalid.")
            raise Wrong(400, "registration-error-email-exists", f"An account is already registered with {email}. Please log in or use a different email address.")

    def _changed(self, number: int, body: Mapping[str, Any]) -> Any:
        paper = self._papers[number]
        paper.update({name: str(body[name]) for name in _KEPT if name in body})
        for part in ("billing", "shipping"):
            paper[part] = {**paper[part], **{name: str(told) for name, told in (body.get(part) or {}).items() if name in paper[part]}}
        return paper


PEOPLE = (("GET", r"customers", "people.all"), ("POST", r"customers", "people.post"), ("POST", r"customers/batch", "people.batch"), ("GET", r"customers/(\d+)", "people.one"),
          ("PUT", r"customers/(\d+)", "people.put"), ("POST", r"customers/(\d+)", "people.put"), ("DELETE", r"customers/(\d+)", "people.delete"))
"""Where each is asked."""
