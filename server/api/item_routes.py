"""Items with their packs and barcodes."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from server.api.paging import SortedQuery, page, page_by_code
from server.api.parts import as_dicts, read, write
from server.masterdata.item_pictures import kept_picture
from server.masterdata.items import PRICE_MAX, NewItem, NewPack, item_by_code, put_item

items = APIBlueprint("items", __name__, url_prefix="/api/v1", tag="Items")
BLUEPRINTS = (items,)
_COLUMNS = ("id, code, name, unit, weight_g, volume_ml, length_mm, width_mm, height_mm, this_side_up, tracks_lot, tracks_serial, tracks_expiry, catch_weight, abc, zone, "
            "picture, handling, price, blocked")
_LIST = text(f"SELECT {_COLUMNS} FROM item WHERE id > :after AND (:search = '' OR UPPER(code) LIKE :search "
             "OR UPPER(name) LIKE :search) ORDER BY id LIMIT :most")
_BY_CODE = text(f"SELECT {_COLUMNS} FROM item WHERE code > :after AND (:search = '' OR UPPER(code) LIKE :search "
                "OR UPPER(name) LIKE :search) ORDER BY code LIMIT :most")
_ONE = text(f"SELECT {_COLUMNS} FROM item WHERE id = :id")
_PACKS = text("SELECT level, quantity, weight_g FROM pack WHERE item_id = :id ORDER BY quantity")
_BARCODES = text("SELECT key, quantity, level FROM barcode WHERE item_id = :id ORDER BY key")


class PackBody(BaseModel):
    """A pack level with the codes printed on it."""

    model_config = {"extra": "forbid"}
    level: str = "each"
    quantity: int = Field(ge=1, lt=10**9)
    barcodes: list[str] = Field(default_factory=list, max_length=50)
    weight_g: int = Field(0, ge=0, lt=10**9)


class ItemBody(BaseModel):
    """An item; quantities are in its smallest unit (grams for catch weight); `price` is of one, in the smallest unit of the warehouse's currency, null where the catalogue has none."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"name": "Soap", "weight_g": 120, "volume_ml": 150, "abc": "A", "packs": [
            {"level": "each", "quantity": 1, "barcodes": ["09506000134352"]}, {"level": "case", "quantity": 12}]}]}}
    name: str = Field(min_length=1, max_length=256)
    unit: str = Field("each", max_length=16)
    weight_g: int = Field(0, ge=0, lt=10**9)
    volume_ml: int = Field(0, ge=0, lt=10**9)
    length_mm: int = Field(0, ge=0, le=20_000)
    width_mm: int = Field(0, ge=0, le=20_000)
    height_mm: int = Field(0, ge=0, le=20_000)
    this_side_up: bool = False
    tracks_lot: bool = False
    tracks_serial: bool = False
    tracks_expiry: bool = False
    catch_weight: bool = False
    abc: str = "C"
    zone: str | None = Field(None, max_length=16)
    handling: str = Field("", max_length=32)
    price: int | None = Field(None, ge=0, le=PRICE_MAX)
    picture: str | None = Field(None, max_length=256)
    packs: list[PackBody] = Field(default_factory=list, max_length=20)


@items.get("/items")
@items.input(SortedQuery, location="query", arg_name="query")
@items.doc(summary="Items")
def items_(query: SortedQuery) -> dict[str, Any]:
    """By number, or by code; `search` is a part of code or name."""
    if query.sort:
        return page_by_code(query, read(lambda tx: tx.rows(_BY_CODE, after=query.after_code, most=query.limit + 1, search=query.like)))
    return page(query, read(lambda tx: tx.rows(_LIST, after=query.after, most=query.limit + 1, search=query.like)))


@items.get("/items/<path:code>")
@items.doc(summary="An item with its packs and barcodes")
def item(code: str) -> dict[str, Any]:
    """404 when there is none; `kept_picture` is the address of the picture that it was given here."""
    def work(tx: Any) -> dict[str, Any]:
        number = item_by_code(tx, code).id
        head = as_dicts(tx.rows(_ONE, id=number))[0]
        return {**head, "packs": as_dicts(tx.rows(_PACKS, id=number)), "barcodes": as_dicts(tx.rows(_BARCODES, id=number)),
                "kept_picture": kept_picture(tx, number)}

    return read(work)


@items.put("/items/<path:code>")
@items.input(ItemBody, arg_name="body")
@items.doc(summary="Make or change an item")
def put_item_(code: str, body: ItemBody) -> dict[str, Any]:
    """Packs and barcodes are added; 409 when a barcode belongs to another item."""
    values = body.model_dump(exclude={"packs"})
    packs = [NewPack(one.level, one.quantity, tuple(one.barcodes), one.weight_g) for one in body.packs]
    return {"id": write(lambda tx: put_item(tx, NewItem(code=code, packs=packs, **values))), "code": code}
