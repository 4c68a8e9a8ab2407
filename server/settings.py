"""Where things are, as the process that starts the server knows it. Everything else is a setting in the database."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.kernel.intercom import Intercom
from server.kernel.measures import Measures
from server.masterdata.limits import REQUESTS_A_SECOND

CLIENT_FOLDER = Path(__file__).parent / "static" / "client"


@dataclass(frozen=True, slots=True)
class Https:
    """Where pages are served over TLS and where devices learn to trust that; `authority` is our own's certificate (DER)."""

    port: int
    plain_port: int
    authority: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are."""

    database_url: str = "sqlite:///var/aisle.db"
    var_folder: Path = field(default_factory=lambda: Path("var"))
    client_folder: Path = CLIENT_FOLDER
    message_queue_url: str | None = None
    origins: tuple[str, ...] = ()
    is_secure: bool = False
    setup_token: str | None = None
    backup_hours: float = 0
    https: Https | None = None
    measures: Measures = field(default_factory=Measures)
    intercom: Intercom | None = None
    requests_a_second: float = REQUESTS_A_SECOND
    keeps_pages: bool = True

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """From AISLE_DB, AISLE_VAR, AISLE_MESSAGE_QUEUE, AISLE_ORIGINS (with commas) and AISLE_SECURE (0 or 1).

        AISLE_REQUESTS_A_SECOND is what a person or key may send for long, two hundred when left out.
        AISLE_KEEPS_PAGES=0 makes handhelds forget the page that they keep for a reload without network.
        """
        env = os.environ if environment is None else environment
        var = Path(env.get("AISLE_VAR", "var"))
        return cls(database_url=env.get("AISLE_DB", f"sqlite:///{var}/aisle.db"), var_folder=var,
                   client_folder=Path(env.get("AISLE_CLIENT", str(CLIENT_FOLDER))),
                   message_queue_url=env.get("AISLE_MESSAGE_QUEUE") or None,
                   origins=tuple(filter(None, env.get("AISLE_ORIGINS", "").split(","))),
                   is_secure=env.get("AISLE_SECURE") == "1", setup_token=env.get("AISLE_SETUP_TOKEN"),
                   keeps_pages=env.get("AISLE_KEEPS_PAGES") != "0",
                   requests_a_second=float(env.get("AISLE_REQUESTS_A_SECOND") or REQUESTS_A_SECOND))
