"""`aisle serve --https`: TLS by an authority of our own at one port, and at another the page that lets devices trust it."""

import logging
import ssl
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol

from server.cli.worker import Worker
from server.kernel.certificates import Certificates, certificates
from server.settings import Https

log = logging.getLogger("aisle.https")
_LOOK_SECONDS = 3_600.0


class TwoPorts:
    """An encrypted port and a plain one, and the certificate of this machine, which is renewed while they are open."""

    def __init__(self, var: Path, names: Sequence[str], host: str, plain_port: int, port: int) -> None:
        self._folder, self._names, self._host = var / "certificates", tuple(names), host
        self.plain_port, self.port = plain_port, port
        self._held = certificates(self._folder, self._names)
        self.context: ssl.SSLContext | None = None

    def told(self) -> Https:
        """What pages tell of it."""
        return Https(self.port, self.plain_port, self._held.authority, self._held.fingerprint)

    def settings(self) -> dict[str, Any]:
        """With which gunicorn speaks at both."""
        return {"bind": [f"{self._host}:{self.plain_port}", f"{self._host}:{self.port}"], "certfile": str(self._held.served),
                "worker_class": type("Worker", (_Worker,), {"ports": self})}

    def renewal(self) -> "Renewal":
        """The thread that looks after the certificate of one process."""
        return Renewal(self)

    def renew(self) -> Certificates:
        """Makes another certificate when it is time; it counts from the next connection on."""
        self._held = certificates(self._folder, self._names)
        if self.context is not None:
            self.context.load_cert_chain(self._held.served)
        return self._held


class Renewal:
    """A thread that looks now and then whether the certificate ends soon or this machine has another address."""

    def __init__(self, ports: TwoPorts, *, look_seconds: float = _LOOK_SECONDS) -> None:
        self._ports, self._look_seconds = ports, look_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="certificates", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends at once."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(self._look_seconds):
            try:
                self._ports.renew()
            except OSError as error:
                log.error("the certificate cannot be renewed: %s", error)  # noqa: TRY400 - the disk's fault, which it names
            except Exception:
                log.exception("the certificate cannot be renewed; it is tried again")


class _Worker(Worker):
    """A server process that speaks TLS at its ports but one."""

    ports: TwoPorts

    async def _serve(self) -> None:
        for one in [one for one in self.sockets if one.getsockname()[1] == self.ports.plain_port]:
            self.sockets.remove(one)
            self.servers.append(await self.loop.create_server(lambda: ASGIProtocol(self), sock=one.sock))
        await super()._serve()

    def _get_ssl_context(self) -> ssl.SSLContext | None:
        self.ports.context = super()._get_ssl_context()
        return self.ports.context
