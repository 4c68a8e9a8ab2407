"""Somebody new: a badge, a PIN and a handheld of a site, signed in."""

import secrets

from simulators.http import Client
from simulators.pda import Pda


def hired(admin: Client, address: str, kind: type[Pda], *, site: str, badge: str, name: str, handheld: str, lost_answers: float, seed: int) -> Pda:
    """Their handheld; `kind` is how it speaks with the server."""
    badge = f"{badge}-{secrets.token_hex(3).upper()}"
    pin = f"{secrets.randbelow(9 * 10**7) + 10**7}71"
    admin.call("PUT", f"/api/v1/workers/{badge}", {"name": name, "site": site, "pin": pin})
    code = admin.call("POST", "/api/v1/devices/enrolment-codes", {"site": site})["code"]
    pda = kind(address, code, handheld, lost_answers=lost_answers, seed=seed)
    pda.sign_in(badge, pin)
    return pda
