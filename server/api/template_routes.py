"""Label templates: those of the house, what users made of them, a preview while one writes, and a label by hand."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import text

from labels.codes import DPIS
from labels.template import Template
from labels.user_templates import SOURCE_MAX
from server.api.paging import PageQuery, page
from server.api.parts import caller, guard_reach, read, write
from server.kernel.audit import record
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.sites import site_id_of
from server.printing.content import preview
from server.printing.queue import NewLabel, print_at, printer_named
from server.printing.states import COPIES_MAX
from server.printing.templates import (
    add_version,
    compiled,
    go_live,
    live_version,
    names_of_ours,
    newest_version,
    number_of,
    proved,
    starting_point,
    take_back,
    template_for,
    version_of,
)

label_templates = APIBlueprint("label_templates", __name__, url_prefix="/api/v1", tag="Labels")
BLUEPRINTS = (label_templates,)
_MADE = text("SELECT name, MAX(CASE WHEN state = 'live' THEN version END) AS live, COUNT(*) AS versions FROM label_template GROUP BY name ORDER BY name")
_OF_SITES = text(
    "SELECT o.name, s.code AS site, t.version FROM label_of_site o JOIN site s ON s.id = o.site_id JOIN label_template t ON t.id = o.template_id "
    "WHERE CAST(:site_id AS BIGINT) IS NULL OR o.site_id = :site_id ORDER BY o.name, s.code")
_VERSIONS = text("SELECT id, version, state, created_at, created_by, live_at FROM label_template WHERE name = :name AND id > :after ORDER BY id LIMIT :most")


class OneQuery(BaseModel):
    """Which of several of a name."""

    model_config = {"extra": "forbid"}
    site: str = Field("", max_length=16, description="as it prints in this warehouse; if left out, in the caller's, or in all")
    ours: bool = Field(default=False, description="ours, though a version of a user's prints")


class SourceBody(BaseModel):
    """A description in TOML, as `aisle label --example` shows it."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{
        "source": 'name = "shelf"\nwidth = 60\nheight = 30\n[fields.code]\nsample = "A-01"\n[[element]]\nkind = "code128"\nx = 2\ny = 2\n'
                  'width = 56\nheight = 26\ndata = "{{code}}"\n'}]}}
    source: str = Field(max_length=SOURCE_MAX)


class PreviewBody(SourceBody):
    """A description, and what shall stand on the label (its own sample, if left out)."""

    model_config = {"extra": "forbid", "json_schema_extra": SourceBody.model_config["json_schema_extra"]}
    values: dict[str, Any] | None = None
    dpi: int = 203


class ValuesBody(BaseModel):
    """What shall stand on a label; its sample, if left out."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"values": {"code": "W1-A-01-1", "check_digit": "42"}}]}}
    values: dict[str, Any] | None = None
    dpi: int = 203
    ours: bool = Field(default=False, description="by ours, though a version of a user's prints")
    site: str = Field("", max_length=16)


class LiveBody(BaseModel):
    """Which version prints from now on; in one warehouse, or if left out in all that have none of their own."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"version": 3, "site": "W1"}]}}
    version: int = Field(ge=1, lt=10**6)
    site: str = Field("", max_length=16)


class SiteQuery(BaseModel):
    """In which warehouse; if left out in all that have none of their own."""

    model_config = {"extra": "forbid"}
    site: str = Field("", max_length=16)


class ByHandBody(BaseModel):
    """A label of a template with these values, as it stands live."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [
        {"template": "item", "values": {"gtin": "09506000134352", "name": "Soap"}, "copies": 2}]}}
    template: str = Field(max_length=40)
    values: dict[str, Any]
    copies: int = Field(1, ge=1, le=COPIES_MAX)


@label_templates.get("/label-templates")
@label_templates.doc(summary="Labels that can be printed, ours and those of users")
def all_templates() -> dict[str, Any]:
    """`live` is the user's version that prints under the name in all warehouses; null where ours does, or nothing.

    `sites` are those that have another of their own, as far as they are the caller's business.
    """
    def work(tx: Tx) -> list[dict[str, Any]]:
        made = {row.name: row for row in tx.rows(_MADE)}
        own = tx.rows(_OF_SITES, site_id=caller().site_id)
        return [{**_told(name, made.get(name)), "sites": [{"site": row.site, "version": row.version} for row in own if row.name == name]}
                for name in sorted({*names_of_ours(), *made})]

    return {"items": read(work), "next": None}


@label_templates.get("/label-example")
@label_templates.doc(summary="A description that shows all that one can say, to begin a label of one's own with")
def example() -> dict[str, Any]:
    """The same as `aisle label --example` writes."""
    return {"source": (files("labels") / "example.toml").read_text(encoding="utf-8")}


@label_templates.get("/label-templates/<name>")
@label_templates.input(OneQuery, location="query", arg_name="query")
@label_templates.doc(summary="A label: its fields, its sample, and a description to begin with")
def one_template(name: str, query: OneQuery) -> dict[str, Any]:
    """As it prints now, or ours where that is asked for; a label of which only drafts exist by its newest. 404 when there is none.

    `source` is the version's, or ours as a description; null for a list of rows, which no description draws.
    """
    def work(tx: Tx) -> dict[str, Any]:
        live = live_version(tx, name, _looked_at(tx, query.site))
        shown = None if query.ours else live if live is not None or name in names_of_ours() else newest_version(tx, name)
        made = template_for(tx, name, shown)
        return {**made.json(), "name": name, "version": number_of(tx, shown), "is_ours": shown is None, "is_live": shown == live if name in names_of_ours() else live is not None,
                "sample": made.sample, "source": starting_point(tx, name, shown)}

    return read(work)


@label_templates.get("/label-templates/<name>/versions")
@label_templates.input(PageQuery, location="query", arg_name="query")
@label_templates.doc(summary="Versions of a user's template, oldest first")
def versions(name: str, query: PageQuery) -> dict[str, Any]:
    """A version is a draft until it goes live, and retired when another did."""
    return page(query, read(lambda tx: tx.rows(_VERSIONS, name=name, after=query.after, most=query.limit + 1)))


@label_templates.get("/label-templates/<name>/versions/<int:version>")
@label_templates.doc(summary="A version's description")
def one_version(name: str, version: int) -> dict[str, Any]:
    """404 when there is none."""
    def work(tx: Tx) -> dict[str, Any]:
        row = version_of(tx, name, version)
        return {"name": row.name, "version": row.version, "state": row.state, "source": row.source}

    return read(work)


@label_templates.post("/label-templates/preview")
@label_templates.input(PreviewBody, arg_name="body")
@label_templates.doc(summary="What a description would print")
def preview_source(body: PreviewBody) -> dict[str, Any]:
    """Keeps nothing. The answer to a description that is wrong says in which element."""
    made = compiled(body.source)
    return {**_shown(made, body.values, body.dpi), "fields": [one.json() for one in made.fields], "sample": made.sample}


@label_templates.post("/label-templates/<name>/preview")
@label_templates.input(ValuesBody, arg_name="body")
@label_templates.doc(summary="What a label would print with these values")
def preview_values(name: str, body: ValuesBody) -> dict[str, Any]:
    """As it prints now, or by ours where that is asked for; 404 when there is no label of the name."""
    made = read(lambda tx: template_for(tx, name, None if body.ours else live_version(tx, name, _looked_at(tx, body.site))))
    return _shown(made, body.values, body.dpi)


@label_templates.post("/label-templates")
@label_templates.input(SourceBody, arg_name="body")
@label_templates.doc(summary="Keep a description as a new version", responses=[201])
def add(body: SourceBody) -> tuple[dict[str, Any], int]:
    """A draft, under the name that it gives itself, which all warehouses share; it prints once it goes live."""
    return dict(write(lambda tx: add_version(tx, body.source))), 201


@label_templates.post("/label-templates/<name>/live")
@label_templates.input(LiveBody, arg_name="body")
@label_templates.doc(summary="Have a version print from now on")
def put_live(name: str, body: LiveBody) -> dict[str, Any]:
    """Its sample is drawn at every resolution and its codes are read back first; what a scanner says of them is in `codes`."""
    site_id = read(lambda tx: _changed_at(tx, body.site))
    codes = proved(read(lambda tx: str(version_of(tx, name, body.version).source)))
    write(lambda tx: go_live(tx, name, body.version, site_id))
    return {"name": name, "live": body.version, "site": body.site, "codes": codes}


@label_templates.delete("/label-templates/<name>/live")
@label_templates.input(SiteQuery, location="query", arg_name="query")
@label_templates.doc(summary="Have our own label print again, or in a warehouse what prints in all")
def drop_live(name: str, query: SiteQuery) -> dict[str, Any]:
    """The versions stay. Asked again nothing happens."""
    write(lambda tx: take_back(tx, name, _changed_at(tx, query.site)))
    return {"name": name, "live": None, "site": query.site}


@label_templates.post("/printers/<printer>/labels")
@label_templates.input(ByHandBody, arg_name="body")
@label_templates.doc(summary="Print a label with values of your own", responses=[201])
def print_by_hand(printer: str, body: ByHandBody) -> tuple[dict[str, Any], int]:
    """Each time it is asked for. The label's `code` in lists is its first required field."""
    def work(tx: Tx) -> int:
        found = printer_named(tx, printer)
        caller().guard_site(found.site_id)
        made = template_for(tx, body.template, live_version(tx, body.template, found.site_id))
        code = next((str(body.values[one.name]) for one in made.fields if one.required and body.values.get(one.name)), made.name)
        number = print_at(tx, found.id, NewLabel(label=body.template, code=code[:64], values=body.values, copies=body.copies))
        record(tx, "label.by_hand", printer, job=number, template=body.template, copies=body.copies)
        return number

    return {"id": write(work), "printer": printer}, 201


def _looked_at(tx: Tx, site: str) -> int | None:
    """The warehouse whose labels are looked at, None for what prints in all; NotAllowed for another's."""
    if not site:
        return caller().site_id
    site_id = site_id_of(tx, site)
    caller().guard_site(site_id)
    return site_id


def _changed_at(tx: Tx, site: str) -> int | None:
    """The warehouse whose labels are changed, None for all; NotAllowed for who administers one, and means another or all."""
    site_id = site_id_of(tx, site) if site else None
    guard_reach(site_id)
    return site_id


def _told(name: str, made: Any) -> dict[str, Any]:
    """A label in the list."""
    live = made.live if made is not None else None
    ours = names_of_ours().get(name)
    return {"name": name, "title": ours.title if ours is not None else name, "is_ours": ours is not None, "live": live,
            "versions": made.versions if made is not None else 0}


def _shown(made: Template, values: Mapping[str, Any] | None, dpi: int) -> dict[str, Any]:
    if dpi not in DPIS:
        raise Invalid(f"Labels are drawn with {', '.join(map(str, DPIS))} dots to the inch.", field="dpi")
    return {"name": made.name, "width_mm": made.width, "height_mm": made.height, "dpi": dpi,
            "zpl": preview(made, made.sample if values is None else values, dpi)}
