"""TLS by an authority of our own: whoever trusts it gets in safely, and it can speak for nobody else."""

import datetime as dt
import http.client
import json
import ssl
from pathlib import Path

import pytest
from simple_websocket import Client

from server.app import App, Settings
from server.kernel import certificates as own
from server.kernel.certificates import RENEW_DAYS, SERVER_DAYS, certificates
from server.settings import Https
from tests.conftest import fresh_url
from tests.kept_port import KeptPort
from tests.realtime.server import RunningServer
from tests.realtime.test_server import Floor
from tests.waiting import PATIENCE

NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def served(request, tmp_path_factory):
    """A server with both ports, a device that is enrolled, and a client's settings that trust its authority only."""
    folder = tmp_path_factory.mktemp("https")
    floor = Floor(fresh_url(request, "sqlite", tmp_path_factory.mktemp("house")))
    plain = KeptPort()
    server = Served(floor.url, folder, "--https", "--https-port", "0", "--https-name", "aisle.lan", port=plain.number)
    server.device = floor.device()
    yield server
    server.stop()
    plain.close()
    floor.database.close()


class Served(RunningServer):
    """Asked over TLS, by a client that trusts nothing but the authority."""

    device = ""

    def ask(self, method, path, body=None, **headers):
        self.trusting = ssl.create_default_context(cafile=str(Path(self.errors.name).parent / "certificates" / "authority.pem"))
        note = json.loads(self.note.read_text())
        connection = http.client.HTTPSConnection("localhost", note["port"], context=self.trusting, timeout=PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {
                "Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except OSError:
            return 0, None
        finally:
            connection.close()

    def plainly(self, method: str, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", json.loads(self.note.read_text())["plain_port"], timeout=PATIENCE)
        connection.request(method, path)
        return connection.getresponse()


def test_whoever_trusts_the_authority_is_answered_over_tls(served):
    assert served.ask("GET", "/healthz")[1]["status"] == "alive"


def test_a_client_that_trusts_only_public_authorities_is_not_fooled(served):
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection("localhost", served.port, timeout=PATIENCE).request("GET", "/healthz")


def test_a_websocket_is_open_over_tls_and_answers(served):
    token = served.token(served.device)
    wire = Client.connect(f"wss://localhost:{served.port}/socket.io/?EIO=4&transport=websocket", ssl_context=served.trusting,
                          headers={"Origin": "https://localhost"})  # as this client names the host: without the port
    wire.send("40" + json.dumps({"token": token}))
    wire.send('421["hello",{"epoch":"epoch-0001","schema":1}]')
    frames = [wire.receive(timeout=PATIENCE) for _ in range(3)]
    super(Client, wire).close()
    wire.thread.join(10)  # its end first: a thread that still reads by TLS takes the first bytes of whoever gets the socket's number next
    wire.sock.close()
    assert [str(frame)[:2] for frame in frames] == ["0{", "40", "43"]


@pytest.mark.parametrize("path", ["/", "/dashboard", "/api/v1/items?after=1", "/setup"])
def test_the_plain_port_sends_pages_to_the_encrypted_one(served, path):
    answer = served.plainly("GET", path)
    assert (answer.status, answer.getheader("Location")) == (307, answer.getheader("Location"))
    assert answer.getheader("Location").endswith(f":{served.port}{path}")
    assert answer.getheader("Location").startswith("https://")


def test_nothing_can_be_sent_in_the_clear(served):
    answer = served.plainly("POST", "/api/v1/sessions")
    assert (answer.status, json.loads(answer.read())["code"]) == (403, "not_allowed")


def test_the_authoritys_certificate_is_offered_in_both_forms_and_nothing_else_of_it(served):
    raw, pem = (served.plainly("GET", f"/enrol/{name}") for name in ("aisle-ca.crt", "aisle-ca.pem"))
    assert raw.getheader("Content-Type") == "application/x-x509-ca-cert"
    assert ssl.PEM_cert_to_DER_cert(pem.read().decode()) == raw.read()
    facts = json.loads(served.plainly("GET", "/enrol/facts.json").read())
    assert facts["fingerprint"] in served.log() + served.process.stdout.readline() + served.process.stdout.readline() + served.process.stdout.readline()
    assert [name for name in ("authority.pem", "server.pem", "../authority.pem") if served.plainly("GET", f"/enrol/{name}").status == 200] == []


def test_without_certificates_there_is_a_page_and_nothing_to_download(sqlite_url, tmp_path):
    app = App(Settings(database_url=sqlite_url, var_folder=tmp_path, client_folder=tmp_path))
    web = app.web.test_client()
    assert web.get("/enrol").status_code == 200
    assert web.get("/enrol/facts.json").json == {"https": None}
    assert web.get("/enrol/aisle-ca.crt").status_code == 404
    app.database.close()


def test_any_host_header_gives_a_page_and_no_error(sqlite_url, tmp_path):
    app = App(Settings(database_url=sqlite_url, var_folder=tmp_path, client_folder=tmp_path, https=Https(8443, 8080, b"x", "FF")))
    web = app.web.test_client()
    for host in ('evil"><script>', "[::1]:8080", "a:b:c", "192.168.1.5:8080", "x" * 300, "a..b", "-"):
        answers = [web.get(path, headers={"Host": host}) for path in ("/enrol", "/enrol/facts.json", "/dashboard")]
        assert all(answer.status_code < 500 for answer in answers), host
        assert "script>" not in answers[1].text
    app.database.close()


def test_keys_are_their_owners_alone(tmp_path):
    held = certificates(tmp_path / "c", now=NOW)
    assert held.folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in held.folder.iterdir()} == {"authority.pem": 0o600, "server.pem": 0o600}


def test_a_certificate_is_renewed_before_it_ends_by_the_same_authority(tmp_path):
    first = certificates(tmp_path, now=NOW)
    content = first.served.read_bytes()
    assert certificates(tmp_path, now=NOW + dt.timedelta(days=SERVER_DAYS - RENEW_DAYS - 1)).served.read_bytes() == content
    later = certificates(tmp_path, now=NOW + dt.timedelta(days=SERVER_DAYS - RENEW_DAYS + 1))
    assert later.served.read_bytes() != content
    assert later.authority == first.authority


def test_a_machine_that_gets_another_address_gets_another_certificate(tmp_path, monkeypatch):
    content = certificates(tmp_path, now=NOW).served.read_bytes()
    monkeypatch.setattr(own, "lan_addresses", lambda: ["192.168.77.5"])
    assert certificates(tmp_path, now=NOW).served.read_bytes() != content
    assert names_of(tmp_path) >= {"192.168.77.5", "localhost", "127.0.0.1"}


def test_a_name_that_the_authority_may_not_speak_for_is_left_out(tmp_path):
    certificates(tmp_path, now=NOW)
    certificates(tmp_path, ["shop.example.com", "8.8.8.8", "aisle.lan"], now=NOW)
    assert {"shop.example.com", "8.8.8.8"} & names_of(tmp_path) == set()
    assert "aisle.lan" in names_of(tmp_path)


def test_what_was_damaged_is_made_anew(tmp_path):
    held = certificates(tmp_path, now=NOW)
    held.served.write_bytes(b"rubbish")
    certificates(tmp_path, now=NOW)
    assert "localhost" in names_of(tmp_path)


def names_of(folder: Path) -> set[str]:
    decode = ssl._ssl._test_decode_cert  # what the standard library uses to show a certificate
    served = folder / "only.pem"
    text = (folder / "server.pem").read_text()
    served.write_text(text[text.index("-----BEGIN CERTIFICATE"):])
    return {value for _, value in decode(str(served))["subjectAltName"]}


def test_the_authority_cannot_be_used_against_the_rest_of_the_world(tmp_path, monkeypatch):
    """Somebody who steals its key makes a certificate for a bank; a client that trusts the authority still refuses it."""
    certificates(tmp_path, now=NOW)
    monkeypatch.setattr(own, "_may_speak_for", lambda *_: True)
    (tmp_path / "server.pem").unlink()
    stolen = certificates(tmp_path, ["bank.example.com"])
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))
    server.load_cert_chain(stolen.served)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(server, client, "bank.example.com")


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """A handshake in memory."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(to_client, to_server, server_hostname=name), server.wrap_bio(to_server, to_client, server_side=True)]
    for _ in range(6):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
