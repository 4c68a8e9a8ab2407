"""`aisle user`, `aisle device` and `aisle key`: who and what may come in."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import click

from server.cli.common import say, with_database
from server.kernel.clock import SystemClock, iso
from server.kernel.transaction import Tx
from server.masterdata.api_keys import SCOPES, api_keys, make_api_key, revoke_api_key
from server.masterdata.devices import devices, make_enrolment_code, revoke_device
from server.masterdata.people import ROLES, disable_worker, put_worker, set_password, set_pin, worker_by_badge, workers
from server.masterdata.sites import site_id_of
from server.oms.exceptions.owners import find_owners

_NEW: Mapping[str, Any] = {"name": "", "role": "worker", "site_id": None, "language": "en", "disabled": 0}
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def user() -> None:
    """Add, change, list and lock out workers."""


@user.command("add")
@click.argument("badge")
@click.option("--name", default=None, help="The worker's name; of a new one the badge if left out.")
@click.option("--role", type=click.Choice(ROLES), default=None, help="A new one is a worker if left out.")
@click.option("--site", default=None, help="The only warehouse they work in; of a new one every one if left out.")
@click.option("--every-site", is_flag=True, help="They work in every warehouse from now on.")
@click.option("--language", type=click.Choice(["en", "zh-CN"]), default=None, help="Of a new one en if left out.")
@click.option("--pin", default=None, help="6 to 12 digits for handhelds; for a new one one is made and printed if left out.")
@click.option("--password", default=None, help="At least 12 characters for the browser; a new one has none if left out.")
@as_json_option
@click.pass_obj
def add_user(url: str, *, badge: str, name: str | None, role: str | None, site: str | None, every_site: bool, language: str | None,
             pin: str | None, password: str | None, as_json: bool) -> None:
    """Add a worker, or change the one with this badge, of whom everything stays that is not given."""
    if site and every_site:
        raise click.UsageError("Give --site or --every-site.")

    def work(tx: Tx) -> dict[str, Any]:
        known = worker_by_badge(tx, badge)
        kept: Mapping[str, Any] = _NEW if known is None else known._mapping
        site_id = site_id_of(tx, site) if site else None if every_site else kept["site_id"]
        number = put_worker(tx, badge, name or kept["name"] or badge, role or kept["role"], language=language or kept["language"], site_id=site_id)
        made_pin = _new_pin() if known is None and not pin else None
        if pin or made_pin:
            set_pin(tx, number, str(pin or made_pin))
        if password:
            set_password(tx, number, password)
        return {"id": number, "badge": badge.strip().upper(), "role": role or kept["role"], "disabled": bool(kept["disabled"]),
                **({"pin": made_pin} if made_pin else {})}

    made = _write(url, work)
    say(made, as_json, _introduced(made))


def _introduced(made: dict[str, Any]) -> str:
    pin = f" PIN (shown only now): {made['pin']}" if "pin" in made else ""
    locked_out = f" They are locked out: `aisle user enable {made['badge']}` lets them in." if made["disabled"] else ""
    return f"{made['badge']} is a {made['role']}.{pin}{locked_out}"


@user.command("list")
@as_json_option
@click.pass_obj
def list_users(url: str, *, as_json: bool) -> None:
    """List workers."""
    rows = [dict(row._mapping) for row in with_database(url, lambda database: database.read(
        lambda tx: workers(tx, most=10_000)))]
    say({"workers": rows}, as_json, "\n".join(
        f"{row['badge']:<16} {row['role']:<12} {row['name']}{'  (locked out)' if row['disabled'] else ''}" for row in rows))


@user.command("disable")
@click.argument("badge")
@as_json_option
@click.pass_obj
def disable_user(url: str, *, badge: str, as_json: bool) -> None:
    """Lock a worker out; their sessions end at once."""
    _write(url, lambda tx: _disable(tx, badge))
    say({"badge": badge, "disabled": True}, as_json, f"{badge} is locked out.")


def _disable(tx: Tx, badge: str) -> None:
    """Whose exceptions they were, are somebody else's."""
    disable_worker(tx, badge)
    find_owners(tx)


@user.command("enable")
@click.argument("badge")
@as_json_option
@click.pass_obj
def enable_user(url: str, *, badge: str, as_json: bool) -> None:
    """Let a worker in again who was locked out; PIN and password are the ones from before."""
    _write(url, lambda tx: disable_worker(tx, badge, disabled=False))
    say({"badge": badge, "disabled": False}, as_json, f"{badge} may sign in again.")


@click.group()
def device() -> None:
    """Let handhelds in, list them, shut them out."""


@device.command("code")
@click.option("--site", default="W1", show_default=True)
@as_json_option
@click.pass_obj
def device_code(url: str, *, site: str, as_json: bool) -> None:
    """Make a code that lets one device in within ten minutes."""
    code, expires_at = _write(url, lambda tx: make_enrolment_code(tx, site_id_of(tx, site)))
    say({"code": code, "expires_at": expires_at}, as_json, f"Type this on the device within ten minutes: {code}")


@device.command("list")
@as_json_option
@click.pass_obj
def list_devices(url: str, *, as_json: bool) -> None:
    """List devices."""
    rows = [dict(row._mapping) for row in with_database(url, lambda database: database.read(
        lambda tx: devices(tx, most=10_000)))]
    say({"devices": rows}, as_json, "\n".join(
        f"{row['id']:>4} {row['name']:<24} {row['site']:<8} {'revoked' if row['revoked_at'] else row['worker'] or ''}"
        for row in rows))


@device.command("revoke")
@click.argument("number", type=int)
@as_json_option
@click.pass_obj
def revoke(url: str, *, number: int, as_json: bool) -> None:
    """Shut a device out; its tasks go back to the floor."""
    _write(url, lambda tx: revoke_device(tx, number))
    say({"id": number, "revoked": True}, as_json, f"Device {number} is shut out.")


class _Keys(click.Group):
    """`aisle key NAME --scope SCOPE` is how a key was made before there were other commands: that stays."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command; with a scope in it nothing but making a key can be meant."""
        is_old = args[0] not in self.commands and any(one.startswith("--scope") for one in args)
        return super().resolve_command(ctx, ["add", *args] if is_old else args)


@click.group(cls=_Keys)
def key() -> None:
    """Make keys for other systems, list them, revoke them."""


@key.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it may do; repeat. All if left out.")
@click.option("--site", default=None, help="The only warehouse it works with; every one if left out.")
@click.option("--days", default=None, type=click.IntRange(1, 3_650), help="For how long it is good; until it is revoked if left out.")
@as_json_option
@click.pass_obj
def add_key(url: str, *, name: str, scopes: tuple[str, ...], site: str | None, days: int | None, as_json: bool) -> None:
    """Make a key for another system; it is shown only now."""
    made = _write(url, lambda tx: make_api_key(tx, name, list(scopes or SCOPES), site_id=site_id_of(tx, site) if site else None, days=days))
    until = iso(made.expires_at) if made.expires_at is not None else None
    say({"id": made.id, "key": made.key, "name": name, "expires_at": until}, as_json,
        f"Key {made.id} of {name} (shown only now{f'; good until {until}' if until else ''}): {made.key}")


@key.command("list")
@as_json_option
@click.pass_obj
def list_keys(url: str, *, as_json: bool) -> None:
    """List keys: number, how it begins, name, warehouse, when it was used last, and what it may do."""
    rows = [dict(row._mapping) for row in with_database(url, lambda database: database.read(
        lambda tx: api_keys(tx, most=10_000)))]
    say({"keys": rows}, as_json, "\n".join(
        f"{row['id']:>4} {row['prefix']:<12} {row['name']:<24} {row['site'] or 'every':<8} {_key_state(row):<30} {' '.join(row['scopes'])}"
        for row in rows))


def _key_state(row: dict[str, Any]) -> str:
    if row["revoked_at"] is not None:
        return "revoked"
    if row["expires_at"] is not None and row["expires_at"] <= SystemClock().now():
        return "ended " + iso(row["expires_at"])
    return iso(row["last_used_at"]) if row["last_used_at"] is not None else "never used"


@key.command("revoke")
@click.argument("number", type=int)
@as_json_option
@click.pass_obj
def revoke_key(url: str, *, number: int, as_json: bool) -> None:
    """End a key at once; its number is in the list."""
    _write(url, lambda tx: revoke_api_key(tx, number))
    say({"id": number, "revoked": True}, as_json, f"Key {number} is worth nothing any more.")


def _write(url: str, work: Callable[[Tx], Any]) -> Any:
    return with_database(url, lambda database: database.write(work))


def _new_pin() -> str:
    """Six digits that no rule for PINs refuses."""
    while True:
        pin = f"{secrets.randbelow(10**6):06d}"
        if len(set(pin)) > 2:
            return pin
