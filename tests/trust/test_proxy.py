"""The wire that fails on purpose: each misfortune is what it says."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from simulators.proxy import Chances, FaultProxy
from tests.waiting import PATIENCE


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    heard: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"fine")

    def log_message(self, *_) -> None:
        """Says nothing."""


@pytest.fixture
def proxy():
    Echo.heard.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = FaultProxy(lambda: server.server_address[1], seed=1)
    yield proxy
    proxy.close()
    server.shutdown()
    server.server_close()


def ask(proxy, timeout=PATIENCE) -> bytes:
    connection = http.client.HTTPConnection(proxy.address.removeprefix("http://"), timeout=timeout)
    try:
        return asked(connection)
    finally:
        connection.close()


def asked(connection) -> bytes:
    connection.request("GET", "/asked")
    return connection.getresponse().read()


def test_without_misfortune_everything_passes(proxy):
    assert ask(proxy) == b"fine"


def test_a_lost_answer_was_worked_on(proxy):
    proxy.chances = Chances(lost=1)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask(proxy)
    assert Echo.heard == ["/asked"]


def test_what_is_reset_on_its_way_never_arrives(proxy):
    proxy.chances = Chances(reset=1)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask(proxy)
    assert Echo.heard == []


def test_what_is_swallowed_is_waited_for(proxy):
    proxy.chances = Chances(swallowed=1)
    with pytest.raises(TimeoutError):
        ask(proxy, timeout=0.5)


def test_slow_answers_come_whole(proxy):
    proxy.chances = Chances(slow=1)
    assert ask(proxy) == b"fine"


def test_what_is_doubled_arrives_twice(proxy):
    proxy.chances = Chances(doubled=1)
    assert ask(proxy) == b"fine"
    proxy.settle()
    assert Echo.heard == ["/asked", "/asked"]


def test_a_connection_that_is_cut_is_reset_and_the_next_one_passes(proxy):
    connection = http.client.HTTPConnection(proxy.address.removeprefix("http://"), timeout=PATIENCE)
    assert asked(connection) == b"fine"
    assert proxy.cut_all() == 1
    proxy.settle()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        asked(connection)
    connection.close()
    assert ask(proxy) == b"fine"
