"""The templates that a warehouse prints by: the house's own, and versions of a user's, of which one of each name is live.

A user's template that has the name of one of ours takes its place, with the same fields; any other name is a label of its own.
One is live in all warehouses, and in each of them another may be, which goes before it.
A version is never changed; it is proved with its own sample before it goes live, and every label says by which version it was drawn.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import text

from labels.errors import BadTemplate, LabelError, NoTemplate
from labels.starting_point import source_of
from labels.template import Template, template, templates
from labels.user_templates import compile_template, prove
from server.kernel.audit import record
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx

VERSIONS_MAX = 500
_SOURCE = text("SELECT source FROM label_template WHERE id = :id")
_LIVE = text("SELECT COALESCE((SELECT template_id FROM label_of_site WHERE site_id = :site_id AND name = :name), "
             "(SELECT id FROM label_template WHERE name = :name AND state = 'live'))")
_NUMBER = text("SELECT version FROM label_template WHERE id = :id")
_NEWEST = text("SELECT id FROM label_template WHERE name = :name ORDER BY version DESC LIMIT 1")
_LAST = text("SELECT COALESCE(MAX(version), 0) AS version, COUNT(*) AS versions FROM label_template WHERE name = :name")
_ADD = text("INSERT INTO label_template (name, version, source, state, created_at, created_by) "
            "VALUES (:name, :version, :source, 'draft', :at, :who) RETURNING id")
_VERSION = text("SELECT id, name, version, state, source FROM label_template WHERE name = :name AND version = :version")
_RETIRE = text("UPDATE label_template SET state = 'retired' WHERE name = :name AND state = 'live'")
_OF_SITE = text("SELECT template_id FROM label_of_site WHERE site_id = :site_id AND name = :name")
_PUT_OF_SITE = text(
    "INSERT INTO label_of_site (site_id, name, template_id, live_at) VALUES (:site_id, :name, :template_id, :at) "
    "ON CONFLICT (site_id, name) DO UPDATE SET template_id = excluded.template_id, live_at = excluded.live_at")
_DROP_OF_SITE = text("DELETE FROM label_of_site WHERE site_id = :site_id AND name = :name")
_SITE = text("SELECT code FROM site WHERE id = :id")
_GO_LIVE = text("UPDATE label_template SET state = 'live', live_at = :at WHERE id = :id")


class UnknownTemplate(NotFound):
    """No label has this name, or not this version."""

    code = "no_template"


def template_for(tx: Tx, name: str, version_id: int | None) -> Template:
    """The template to draw by: that version of a user's, else ours; UnknownTemplate when there is none of the name."""
    if version_id is not None:
        return _compiled_once(str(tx.scalar(_SOURCE, id=version_id)))
    try:
        return template(name)
    except NoTemplate as error:
        raise UnknownTemplate(error.sentence, what=name[:40]) from error


def names_of_ours() -> Mapping[str, Template]:
    """The labels of the house, by name."""
    return templates()


def starting_point(tx: Tx, name: str, version_id: int | None) -> str | None:
    """A description to begin with: that version's, or ours; None where ours cannot be described."""
    if version_id is not None:
        return str(tx.scalar(_SOURCE, id=version_id))
    try:
        source = source_of(template(name))
        compile_template(source).drawings(compile_template(source).sample)
    except (ValueError, LabelError):
        return None
    return source


def live_version(tx: Tx, name: str, site_id: int | None) -> int | None:
    """The version of a user's template that prints in a warehouse under a name, or in all of them (None), if there is one."""
    found = tx.scalar(_LIVE, name=name, site_id=site_id)
    return int(found) if found is not None else None


def number_of(tx: Tx, version_id: int | None) -> int | None:
    """A version's number as people call it; None for ours."""
    return None if version_id is None else int(tx.scalar(_NUMBER, id=version_id))


def newest_version(tx: Tx, name: str) -> int | None:
    """The newest version of a name, draft or not, if there is one."""
    found = tx.scalar(_NEWEST, name=name)
    return int(found) if found is not None else None


def compiled(source: str) -> Template:
    """A user's template; Invalid says what is wrong with it, and in which element."""
    try:
        made = compile_template(source)
        _guard_place(made)
    except BadTemplate as error:
        raise refused(error, "source") from error
    return made


def add_version(tx: Tx, source: str) -> Mapping[str, Any]:
    """Keeps a template as the newest version of its name, a draft; Invalid when it does not compile."""
    made = compiled(source)
    last = tx.row(_LAST, name=made.name)
    if last is None or last.versions >= VERSIONS_MAX:
        raise refused(LabelError("label.versions", label=made.name, most=VERSIONS_MAX), "name")
    version = int(last.version) + 1
    tx.scalar(_ADD, name=made.name, version=version, source=source, at=tx.now, who=tx.actor.name)
    record(tx, "label_template.added", made.name, version=version)
    return {"name": made.name, "version": version, "state": "draft"}


def version_of(tx: Tx, name: str, version: int) -> Any:
    """A version's id, name, version, state and source; UnknownTemplate when there is none."""
    row = tx.row(_VERSION, name=name, version=version)
    if row is None:
        raise UnknownTemplate(f"There is no version {version} of the template {name[:40]}.", what=name[:40])
    return row


def go_live(tx: Tx, name: str, version: int, site_id: int | None = None) -> None:
    """From now on labels of the name are drawn by this version, in one warehouse or in all that have none of their own.

    It is to be proved (`proved`) before. Asked again nothing happens.
    """
    row = version_of(tx, name, version)
    if site_id is not None:
        _go_live_at(tx, row, site_id)
        return
    if row.state == "live":
        return
    tx.execute(_RETIRE, {"name": name})
    tx.execute(_GO_LIVE, {"id": row.id, "at": tx.now})
    record(tx, "label_template.live", name, version=version)


def take_back(tx: Tx, name: str, site_id: int | None = None) -> bool:
    """No version of the name is live any more: ours prints again where there is one. Whether one was.

    With a warehouse it has none of its own any more, and what is live in all prints there again.
    """
    was_live = bool(tx.changed(_RETIRE, name=name) if site_id is None else tx.changed(_DROP_OF_SITE, name=name, site_id=site_id))
    if was_live:
        record(tx, "label_template.taken_back", name, **_told_site(tx, site_id))
    return was_live


def _go_live_at(tx: Tx, row: Any, site_id: int) -> None:
    if tx.scalar(_OF_SITE, site_id=site_id, name=row.name) == row.id:
        return
    tx.execute(_PUT_OF_SITE, {"site_id": site_id, "name": row.name, "template_id": row.id, "at": tx.now})
    record(tx, "label_template.live", row.name, version=row.version, **_told_site(tx, site_id))


def _told_site(tx: Tx, site_id: int | None) -> Mapping[str, Any]:
    return {} if site_id is None else {"site": tx.scalar(_SITE, id=site_id)}


def proved(source: str) -> list[str]:
    """Draws the template's sample at every resolution and reads its codes back: what a scanner says. Takes a while. Invalid when refused."""
    try:
        return list(prove(compiled(source)))
    except LabelError as error:
        raise refused(error, "source") from error


def refused(error: LabelError, otherwise: str) -> Invalid:
    """What is wrong with a label as a refusal in every language; `otherwise` is its field where it names none."""
    return Invalid(error.sentence, said=error.said.json(), field=error.field or otherwise)


def _guard_place(made: Template) -> None:
    """What takes the place of one of ours gets what ours gets, and must not need more."""
    ours = templates().get(made.name)
    if ours is None:
        return
    kinds = {one.name: one.kind for one in ours.fields}
    for one in made.fields:
        if kinds.get(one.name) != one.kind:
            given = ", ".join(f"{name} ({kind})" for name, kind in kinds.items() if kind != "rows")
            raise BadTemplate("label.replaces_ours", field=one.name, label=made.name, name=one.name, kind=one.kind, names=given)


@lru_cache(maxsize=64)
def _compiled_once(source: str) -> Template:
    return compile_template(source)
