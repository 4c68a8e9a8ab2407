"""The schema of a played Shopify shop, by which it checks what it is asked: what it shows is read off a shop in which all of it has happened."""

from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_types import Field, Types, pairs
from simulators.shops.shopify_changes import changes
from simulators.shops.shopify_enums import ENUMS
from simulators.shops.shopify_inputs import INPUTS, OF_MUTATIONS, SCALARS
from simulators.shops.shopify_seen import Seen
from simulators.shops.shopify_typed import APPLIED, BY_FIELDS, INTERFACES, PAYLOADS, UNIONS, USER_ERRORS, error_of

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

_DIRECTIVES = {"include": "if: Boolean!", "skip": "if: Boolean!", "idempotent": "key: String!"}


@cache
def types(of: "type[ShopifyShop]") -> Types:
    """All types of such a shop."""
    with closing(of()) as shop:
        gids = _happen(shop)
        seen = Seen(gids)
        seen.see({"__typename": "QueryRoot", **{name: value for name, value in shop.root().items() if not name.startswith("__")}})
        for node in _answered(shop.root(), gids):
            seen.see(node)
        mutations = [*changes(shop)]
    objects = seen.complete()
    objects["Mutation"] = {name: Field(payload_of(name), pairs(OF_MUTATIONS[name])) for name in mutations}
    objects |= {payload_of(name): _fields(f"{PAYLOADS[name]}, userErrors: [{error_of(name)}!]!") for name in mutations}
    objects |= {name: _fields(words) for name, words in [*USER_ERRORS.items(), *APPLIED.items()]}
    possible = {name: several.split() for name, (_, several) in INTERFACES.items()}
    possible |= {name: [one for one, fields in objects.items() if all(of in fields and fields[of].type == what for of, what in pairs(words).items())]
                 for name, words in BY_FIELDS.items()}
    possible |= {name: several.split() for name, several in UNIONS.items()}
    objects |= {name: _fields(words) for name, words in [*BY_FIELDS.items(), *((name, words) for name, (words, _) in INTERFACES.items())]}
    return Types(objects, possible, {name: pairs(words) for name, words in INPUTS.items()}, {name: words.split() for name, words in ENUMS.items()}, SCALARS,
                 {name: pairs(words) for name, words in _DIRECTIVES.items()})


def schema(of: "type[ShopifyShop]") -> dict[str, Any]:
    """What every query may ask besides: the whole schema, or one type of it."""
    return {"__schema": lambda _: _schema(of), "__type": lambda arguments: _told(of).get(str(arguments.get("name")))}


def payload_of(mutation: str) -> str:
    """The type of what it answers."""
    return f"{mutation[0].upper()}{mutation[1:]}Payload"


def _fields(words: str) -> dict[str, Field]:
    return {name: Field(what, {}) for name, what in pairs(words).items()}


@cache
def _told(of: "type[ShopifyShop]") -> dict[str, Node]:
    """The types by name, as they are told."""
    known = types(of)
    told = [_type("UNION", name, possibleTypes=[_named(one, known) for one in known.possible[name]]) for name in UNIONS]
    for name, fields in known.objects.items():
        shown = [_field(one, what, known) for one, what in sorted(fields.items())]
        is_one, among = name in known.possible, [one for one in (*INTERFACES, *BY_FIELDS) if one != name and name in known.possible[one]]
        told.append(_type("INTERFACE" if is_one else "OBJECT", name, fields=shown, interfaces=[] if is_one else [_named(one, known) for one in among],
                          possibleTypes=[_named(one, known) for one in known.possible[name]] if is_one else None))
    told += [_type("INPUT_OBJECT", name, inputFields=_arguments(takes, known)) for name, takes in known.inputs.items()]
    told += [_type("ENUM", name, enumValues=[_value(one) for one in words]) for name, words in known.enums.items()]
    told += [_type("SCALAR", name) for name in known.scalars]
    return {one["name"]: one for one in told}


def _schema(of: "type[ShopifyShop]") -> Node:
    known = types(of)
    conditions = [{"__typename": "__Directive", "name": name, "description": None, "isRepeatable": False, "args": _arguments(takes, known), "locations": [
        "FIELD"] if name == "idempotent" else ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"]} for name, takes in known.directives.items()]
    return {"__typename": "__Schema", "description": None, "queryType": _named("QueryRoot", known), "mutationType": _named("Mutation", known), "subscriptionType": None,
            "types": list(_told(of).values()), "directives": conditions}


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
    several = {one: shop.root()[f"{one}s"]({"first": 1})["nodes"][0]["id"] for one in ("product", "productVariant", "inventoryItem", "location")}
    return {**several, "order": gid, "fulfillment": shipped["id"], "fulfillmentOrder": f"gid://shopify/FulfillmentOrder/{order.ref}1", "webhookSubscription": hook["id"],
            "job": "gid://shopify/Job/1"}


def _answered(root: Node, gids: Mapping[str, str]) -> list[Node]:
    """What only mutations show."""
    order = root["order"]({"id": gids["order"]})
    return [order["refunds"]({})[0], root["inventoryItem"]({"id": gids["inventoryItem"]})["inventoryLevel"]({"locationId": gids["location"]}), {
        "__typename": "FulfillmentHold", "id": "", "reason": ""}, {
        "__typename": "MetafieldIdentifier", "ownerId": "", "namespace": "", "key": ""}, {
        "__typename": "BulkOperation", **dict.fromkeys(("id", "query", "createdAt", "completedAt"), "")}, {
        "__typename": "InventoryAdjustmentGroup", "id": "", "reason": "", "referenceDocumentUri": "", "changes": [
            {"__typename": "InventoryChange", "name": "", "delta": 1, "quantityAfterChange": 1}]}]


def _type(kind: str, name: str, **more: Any) -> dict[str, Any]:
    told = dict.fromkeys(("fields", "inputFields", "interfaces", "enumValues", "possibleTypes", "ofType", "description", "specifiedByURL")) | more
    return {"__typename": "__Type", "kind": kind, "name": name, **told, "isOneOf": False if kind == "INPUT_OBJECT" else None}


def _field(name: str, what: Field, known: Types) -> Node:
    return {"__typename": "__Field", "name": name, "description": None, "args": _arguments(what.takes, known), "type": _ref(what.type, known), "isDeprecated": False,
            "deprecationReason": None}


def _value(name: str) -> Node:
    return {"__typename": "__EnumValue", "name": name, "description": None, "isDeprecated": False, "deprecationReason": None}


def _arguments(takes: Mapping[str, str], known: Types) -> list[Node]:
    return [{"__typename": "__InputValue", "name": name, "description": None, "type": _ref(what, known), "defaultValue": None, "isDeprecated": False, "deprecationReason": None}
            for name, what in takes.items()]


def _ref(what: str, known: Types) -> Node:
    if what.endswith("!"):
        return {"__typename": "__Type", "kind": "NON_NULL", "name": None, "ofType": _ref(what[:-1], known)}
    if what.startswith("["):
        return {"__typename": "__Type", "kind": "LIST", "name": None, "ofType": _ref(what[1:-1], known)}
    return _named(what, known)


def _named(name: str, known: Types) -> Node:
    kinds = {"SCALAR": known.scalars, "ENUM": known.enums, "INPUT_OBJECT": known.inputs, "UNION": UNIONS, "INTERFACE": known.possible}
    return {"__typename": "__Type", "kind": next((kind for kind, names in kinds.items() if name in names), "OBJECT"), "name": name, "ofType": None}
