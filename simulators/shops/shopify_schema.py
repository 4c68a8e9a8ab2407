"""The schema of a played Shopify shop, for clients that ask for it first: what it shows is read off a shop in which all of it has happened."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_reader import GraphQLError
from simulators.shops.shopify_changes import changes
from simulators.shops.shopify_inputs import EMPTY, ENUMS, INPUTS, OBJECTS, OF_FIELDS, OF_LISTS, OF_MUTATIONS, SCALARS

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

_PLAIN = {bool: "Boolean", int: "Int", float: "Float", str: "String"}
_ANY_NODE = "Node"
_FIXED = {("QueryRoot", "node"): _ANY_NODE, ("QueryRoot", "nodes"): f"[{_ANY_NODE}]!"}
_ASKED: Mapping[str, Any] = {"first": 1, "names": ["available"], "ids": [], "key": "k", "namespace": "n", "handle": "a", "type": "QUERY"}


def schema(of: "type[ShopifyShop]") -> dict[str, Any]:
    """What every query may ask besides: the whole schema, or one type of it."""
    return {"__schema": lambda _: _schema(of), "__type": lambda arguments: _types(of).get(str(arguments.get("name")))}


@cache
def _types(of: "type[ShopifyShop]") -> dict[str, Node]:
    """By name."""
    with closing(of()) as shop:
        gids = _happen(shop)
        objects = _Seen(gids)
        objects.see({"__typename": "QueryRoot", **{name: value for name, value in shop.root().items() if not name.startswith("__")}})
        objects.fields["Mutation"] = {name: (f"{name[0].upper()}{name[1:]}Payload", OF_MUTATIONS.get(name, "input: JSON")) for name in changes(shop)}
        for name in changes(shop):
            objects.see({"__typename": f"{name[0].upper()}{name[1:]}Payload", **_payload(shop.root(), gids, name)})
    nodes = sorted(name for name, fields in objects.fields.items() if fields.get("id", ("", ""))[0] == "ID!")
    told = [_type("OBJECT", name, fields=[_field(one, *what) for one, what in sorted(fields.items())], interfaces=[_named(_ANY_NODE)] if name in nodes else [])
            for name, fields in objects.fields.items()]
    told += [_type("INPUT_OBJECT", name, inputFields=_arguments(words)) for name, words in INPUTS.items()]
    told += [_type("ENUM", name, enumValues=[_value(one) for one in words.split()]) for name, words in ENUMS.items()]
    told += [_type("SCALAR", name) for name in SCALARS]
    told.append(_type("INTERFACE", _ANY_NODE, fields=[_field("id", "ID!", "")], interfaces=[], possibleTypes=[_named(name) for name in nodes]))
    return {one["name"]: one for one in told}


def _schema(of: "type[ShopifyShop]") -> Node:
    conditions = [{"__typename": "__Directive", "name": name, "description": None, "locations": ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"], "isRepeatable": False,
                   "args": lambda _, takes=takes: _arguments(takes)} for name, takes in (
                       ("include", "if: Boolean!"), ("skip", "if: Boolean!"), ("idempotent", "key: String!"))]
    return {"__typename": "__Schema", "description": None, "queryType": _named("QueryRoot"), "mutationType": _named("Mutation"), "subscriptionType": None,
            "types": list(_types(of).values()), "directives": conditions}


class _Seen:
    """The fields of all that was seen, by type: each with what it is and what it takes; `gids` are of what can be asked for by number."""

    def __init__(self, gids: Mapping[str, str]) -> None:
        self._gids = gids
        self.fields: dict[str, dict[str, tuple[str, str]]] = {}

    def see(self, node: Node) -> str:
        """The name of its type; a field that was nothing at first may be something in another."""
        kind = str(node["__typename"])
        known = self.fields.setdefault(kind, {})
        if kind.endswith("Connection") and not node["nodes"]:
            return self._nobody(kind, kind.removesuffix("Connection"))
        for name in node:
            if name == "__typename" or (name in known and known[name][0] != "Nothing"):
                continue
            known[name] = ("Looked at", "")
            value = self._asked(node[name], name)
            what = _FIXED.get((kind, name)) or ("ID!" if name == "id" else self._what(value, name))
            takes = OF_LISTS if what.endswith("Connection") else OF_FIELDS.get(name, "") if callable(node[name]) else ""
            known[name] = (what, takes)
        return kind

    def _asked(self, value: Any, name: str) -> Any:
        if not callable(value):
            return value
        try:
            return value({**_ASKED, "id": self._gids.get(name, ""), "identifier": {"id": self._gids["order"], "handle": "a"}, "locationId": self._gids["location"]})
        except (GraphQLError, LookupError, TypeError, ValueError):
            return None

    def _nobody(self, kind: str, of: str) -> str:
        """A list of things of which none was seen."""
        if not self.fields[kind]:
            self.see({"__typename": "PageInfo", "hasNextPage": False, "hasPreviousPage": False, "startCursor": "", "endCursor": ""})
            self.fields[kind] = {"nodes": (f"[{self._named(of)}!]!", ""), "edges": (f"[{of}Edge!]!", ""), "pageInfo": ("PageInfo", "")}
            self.fields[f"{of}Edge"] = {"cursor": ("String!", ""), "node": (f"{of}!", "")}
        return kind

    def _named(self, what: str) -> str:
        """A type by its name, with its fields, as far as they are known."""
        of = what.strip("[]!")
        if of not in self.fields and of not in SCALARS:
            self.fields[of] = {}
            for one in OBJECTS.get(of, "id: ID!").split(", "):
                name, _, each = one.partition(": ")
                self.fields[of][name] = (self._named(each), "")
        return what

    def _what(self, value: Any, name: str) -> str:
        if not value and name in EMPTY:
            return self._named(EMPTY[name])
        if isinstance(value, list):
            return f"[{self._what(value[0], name) if value else 'String'}]"
        if isinstance(value, Mapping):
            return self.see(value)
        if name.endswith("At"):
            return "DateTime"
        return "Decimal" if name == "amount" else _PLAIN.get(type(value), "Nothing")


def _happen(shop: "ShopifyShop") -> dict[str, str]:
    """An order is shipped, paid back and noted on, and all else that a shop may have: what can be asked for by number then, by the field's name."""
    shop.add_product("a", 5)
    address = {"name": "A B", "street": "C 1", "city": "D", "country": "DE"}
    order = shop.place([("a", 3)], discount=300, address=address)
    gid, done = f"gid://shopify/Order/{order.ref}", changes(shop)
    shipped = done["fulfillmentCreate"]({"fulfillment": {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{order.ref}1", "fulfillmentOrderLineItems": [
        {"id": f"gid://shopify/FulfillmentOrderLineItem/{order.lines[0].ref}0", "quantity": 1}]}], "trackingInfo": {"number": "1", "company": "UPS", "url": "http://a"}}})["fulfillment"]
    done["fulfillmentEventCreate"]({"fulfillmentEvent": {"fulfillmentId": shipped["id"], "status": "IN_TRANSIT"}})
    done["metafieldsSet"]({"metafields": [{"ownerId": gid, "namespace": "n", "key": "k", "value": "1"}]})
    done["refundCreate"]({"input": {"orderId": gid, "refundLineItems": [{"lineItemId": f"gid://shopify/LineItem/{order.lines[0].ref}", "quantity": 1}], "transactions": [
        {"parentId": f"gid://shopify/OrderTransaction/{int(order.ref) * 7}", "kind": "REFUND", "amount": "1.00"}]}})
    hook = done["webhookSubscriptionCreate"]({"topic": "ORDERS_CREATE", "webhookSubscription": {"uri": "http://127.0.0.1:9/"}})["webhookSubscription"]
    run = done["bulkOperationRunQuery"]({"query": "{ orders { nodes { id } } }"})["bulkOperation"]
    several = {one: shop.root()[f"{one}s"]({"first": 1})["nodes"][0]["id"] for one in ("product", "productVariant", "inventoryItem", "location")}
    return {**several, "order": gid, "fulfillment": shipped["id"], "fulfillmentOrder": f"gid://shopify/FulfillmentOrder/{order.ref}1", "webhookSubscription": hook["id"],
            "bulkOperation": run["id"], "job": "gid://shopify/Job/1"}


def _payload(root: Node, gids: Mapping[str, str], name: str) -> dict[str, Any]:
    """What a mutation answers: the fields that it may have filled, and what is wrong."""
    error = {"__typename": "UserError", "field": ["a"], "message": "", "code": ""}
    of_all: dict[str, Any] = {one: root[one]({"id": gids[one]}) for one in ("order", "fulfillment", "fulfillmentOrder", "webhookSubscription", "bulkOperation")}
    of_all["refund"] = of_all["order"]["refunds"]({})[0]
    of_all["inventoryLevel"] = root["inventoryItem"]({"id": gids["inventoryItem"]})["inventoryLevel"]({"locationId": gids["location"]})
    of_all["fulfillmentEvent"] = of_all["fulfillment"]["events"]({"first": 1})["nodes"][0]
    of_all |= {"movedFulfillmentOrder": of_all["fulfillmentOrder"], "originalFulfillmentOrder": of_all["fulfillmentOrder"], "node": of_all["order"],
               "metafields": of_all["order"]["metafields"]({"first": 1})["nodes"], "job": root["job"]({"id": gids["job"]}), "deletedWebhookSubscriptionId": "",
               "inventoryAdjustmentGroup": {"__typename": "InventoryAdjustmentGroup", "id": "", "reason": "", "referenceDocumentUri": "", "changes": [
                   {"__typename": "InventoryChange", "name": "", "delta": 1, "quantityAfterChange": 1}]}}
    return {**of_all, "userErrors": [error], **({"orderCancelUserErrors": [error]} if name == "orderCancel" else {})}


def _type(kind: str, name: str, **more: Any) -> dict[str, Any]:
    told = dict.fromkeys(("fields", "inputFields", "interfaces", "enumValues", "possibleTypes", "ofType", "description", "specifiedByURL")) | more
    return {"__typename": "__Type", "kind": kind, "name": name, **told, "isOneOf": False if kind == "INPUT_OBJECT" else None}


def _field(name: str, what: str, takes: str) -> Node:
    return {"__typename": "__Field", "name": name, "description": None, "args": _arguments(takes), "type": _ref(what), "isDeprecated": False, "deprecationReason": None}


def _value(name: str) -> Node:
    return {"__typename": "__EnumValue", "name": name, "description": None, "isDeprecated": False, "deprecationReason": None}


def _arguments(words: str) -> list[Node]:
    pairs: Iterable[list[str]] = (one.split(": ") for one in words.split(", ") if one)
    return [{"__typename": "__InputValue", "name": name, "description": None, "type": _ref(what), "defaultValue": None, "isDeprecated": False, "deprecationReason": None}
            for name, what in pairs]


def _ref(what: str) -> Node:
    """`[ID!]!` is a list that must be there, of IDs that must be there."""
    if what.endswith("!"):
        return {"__typename": "__Type", "kind": "NON_NULL", "name": None, "ofType": _ref(what[:-1])}
    if what.startswith("["):
        return {"__typename": "__Type", "kind": "LIST", "name": None, "ofType": _ref(what[1:-1])}
    return _named("String" if what == "Nothing" else what)


def _named(name: str) -> Node:
    kind = "SCALAR" if name in SCALARS else "ENUM" if name in ENUMS else "INPUT_OBJECT" if name in INPUTS else "INTERFACE" if name == _ANY_NODE else "OBJECT"
    return {"__typename": "__Type", "kind": kind, "name": name, "ofType": None}
