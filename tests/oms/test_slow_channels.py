"""A channel that is slow, hangs or drips keeps nobody else waiting, and none of our threads for ever."""

import socket
import socketserver
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from server.oms.channels.caller import Caller
from server.oms.channels.errors import ChannelAway
from server.oms.rounds import Rounds
from simulators.shops.plain import PlainShop
from tests.oms.conftest import SECRET
from tests.waiting import until

HANGING = 40
FAILED_BEFORE = text("UPDATE channel SET failures = 1 WHERE code LIKE 'hangs%'")


@contextmanager
def hanging():
    """The address of a server that lets everybody in and never says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_channels_that_hang_do_not_hold_up_one_that_answers(shops):
    shop = PlainShop(SECRET)
    rounds = Rounds(shops.database, shops.desk)
    try:
        with hanging() as address:
            for number in range(HANGING):
                shops.connect(f"hangs{number}", address=address, every_seconds=1)
            shops.database.write(lambda tx: tx.execute(FAILED_BEFORE))
            shops.connect("net", address=shop.address, every_seconds=1)
            rounds.start()
            for placed in (1, 2):  # it is come back to, too
                shop.place([("SOAP", 1)])
                assert until(lambda placed=placed: shops.warehouse.one("SELECT COUNT(*) FROM sales_order WHERE channel = 'net'") == placed)
            assert shops.warehouse.one("SELECT MAX(failures) FROM channel") == 1, "all that hang are waited for still"
    finally:
        rounds.stop()
        shop.close()


class Dripping(socketserver.BaseRequestHandler):
    """Begins an answer and goes on with it for ever, a byte at a time."""

    def handle(self):
        self.request.recv(65536)
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not self.server.ended.wait(0.02):
            try:
                self.request.sendall(b" ")
            except OSError:
                return


@pytest.fixture
def dripping():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping)
    server.daemon_threads, server.ended = True, threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_answer_that_drips_in_is_given_up_after_the_limit(dripping):
    began = time.monotonic()
    with pytest.raises(ChannelAway, match="TimeoutError"):
        Caller(seconds=0.5).call("GET", dripping)
    assert time.monotonic() - began < 15, "and not after its million bytes, which take five hours"
