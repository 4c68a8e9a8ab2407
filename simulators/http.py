"""A small JSON client that keeps its connection, as a handheld does."""

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
_DEVICE_PATHS = ("/api/v1/operations", "/api/v1/floor/")


class CallFailed(Exception):
    """The server answered with an error."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"HTTP {status}: {body.get('detail', body)}")
        self.status, self.body = status, body


class Client:
    """Calls one server with fixed headers; not to be shared between threads."""

    def __init__(self, address: str, headers: dict[str, str] | None = None, *, timeout_seconds: float = 60) -> None:
        self._netloc = urlsplit(address).netloc
        self._timeout = timeout_seconds
        self.headers = {"Content-Type": "application/json", **(headers or {})}
        self._connection: http.client.HTTPConnection | None = None
        self.cookie = ""

    def call(self, method: str, path: str, body: Json | bytes | None = None) -> Json:
        """The answer as JSON; CallFailed for every status from 400. Bytes are sent as they are, as a picture."""
        payload = body if body is None or isinstance(body, bytes) else json.dumps(body)
        for attempt in range(3):
            try:
                return self._once(method, path, payload)
            except (http.client.HTTPException, ConnectionError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("the last attempt either answered or raised")

    def text(self, path: str) -> str:
        """A page that is no JSON; CallFailed for every status from 400."""
        connection = http.client.HTTPConnection(self._netloc, timeout=self._timeout)
        try:
            connection.request("GET", path, headers=self.headers)
            answer = connection.getresponse()
            said = answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise CallFailed(answer.status, {"detail": said})
        return said

    def close(self) -> None:
        """Ends the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, method: str, path: str, payload: str | bytes | None) -> Json:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._netloc, timeout=self._timeout)
        headers = {**self.headers, "Content-Type": "image/png"} if isinstance(payload, bytes) else self.headers
        self._connection.request(method, path, payload, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        self.cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0] or self.cookie
        body: Json = json.loads(text) if text else {}
        if answer.status == 429 and path.startswith(_DEVICE_PATHS):
            time.sleep(float(answer.getheader("Retry-After") or 1))  # too fast for one handheld: it keeps what it has
            return self._once(method, path, payload)
        if answer.status >= 400:
            raise CallFailed(answer.status, body)
        return body
