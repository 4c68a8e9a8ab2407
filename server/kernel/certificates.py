"""A small certificate authority of our own, and a certificate for this machine: for a network that no public authority reaches.

The authority may speak for names and addresses of a local network only, so that a device that trusts it is fooled nowhere else.
"""

import datetime as dt
import fcntl
import hashlib
import logging
import os
import socket
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.kernel.sqlite_files import sync_folder

log = logging.getLogger("aisle.certificates")

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

AUTHORITY_DAYS, SERVER_DAYS, RENEW_DAYS = 3_650, 90, 30
_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
             "fc00::/7", "fe80::/10", "::1/128")
_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
_SIOCGIFADDR = 0x8915


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they lie, and what devices need to know of the authority."""

    folder: Path
    authority: bytes

    @property
    def served(self) -> Path:
        """Key and certificate of this machine in one file, so that they change together."""
        return self.folder / "server.pem"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, in groups as people compare them."""
        return hashlib.sha256(self.authority).digest().hex(" ", 2).upper()


def certificates(folder: Path, names: Sequence[str] = (), *, now: dt.datetime | None = None) -> Certificates:
    """Makes what is missing and renews what ends soon or names another machine; the authority stays the same for years."""
    moment = now or dt.datetime.now(dt.UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = sorted({*names, *own_names(), *lan_addresses(), "localhost", "127.0.0.1"})
    key, authority = _authority(folder, wanted, moment)
    if not authority.not_valid_before_utc <= moment <= authority.not_valid_after_utc:
        log.error("no device trusts this server: its authority is valid from %s to %s, and it is %s here. Set this machine's clock; if that is "
                  "right, delete %s, start anew and let every device trust the new one.", authority.not_valid_before_utc,
                  authority.not_valid_after_utc, moment, folder / "authority.pem")
    made, allowed = Certificates(folder, _der(authority)), [one for one in wanted if _may_speak_for(authority, one)]
    if not _is_good(made.served, authority, allowed, moment):
        _write(made.served, _server(key, authority, allowed, moment))
    return made


def own_names() -> list[str]:
    """What this machine is called, and how it is found on a network without a name server."""
    whole = socket.gethostname().lower() or "aisle"
    host = whole.partition(".")[0]
    return sorted({host, f"{host}.local", whole})


def lan_addresses() -> list[str]:
    """The IPv4 addresses at which other machines may reach this one."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has none
                told = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(told[20:24]))
    return [address for address in found if not ip_address(address).is_loopback]


def _authority(folder: Path, names: Iterable[str], now: dt.datetime) -> "tuple[EllipticCurvePrivateKey, Certificate]":
    from cryptography import x509  # noqa: PLC0415 - slow to import
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    at = folder / "authority.pem"
    if not at.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _write(at, _pem(key, _authority_certificate(key, names, now)))
    stored = at.read_bytes()
    loaded: Any = load_pem_private_key(stored, None)
    return loaded, x509.load_pem_x509_certificate(stored)


def _authority_certificate(key: "EllipticCurvePrivateKey", names: Iterable[str], now: dt.datetime) -> "Certificate":
    from cryptography import x509  # noqa: PLC0415 - slow to import

    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Aisle"),
                      x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Aisle authority of {own_names()[0]}"[:64])])
    builder = _builder(name, name, key, now, AUTHORITY_DAYS).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True).add_extension(
        x509.KeyUsage(digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
                      key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False), critical=True)
    return _signed(builder.add_extension(x509.NameConstraints(permitted_subtrees=_permitted(names), excluded_subtrees=None), critical=True), key)


def _permitted(names: Iterable[str]) -> list[Any]:
    """Local networks and names; what this machine is called besides, and no more."""
    from cryptography import x509  # noqa: PLC0415 - slow to import

    networks = [ip_network(one) for one in _NETWORKS]
    addresses = [ip_address(one) for one in names if _is_address(one)]
    networks += [ip_network(one) for one in addresses if not any(one in network for network in networks)]
    domains = sorted({*_DOMAINS, *(one for one in names if not _is_address(one))})
    return [*map(x509.DNSName, domains), *map(x509.IPAddress, networks)]


def _may_speak_for(authority: "Certificate", name: str) -> bool:
    """A single name that is not the authority's to give would make devices refuse the whole certificate."""
    from cryptography import x509  # noqa: PLC0415 - slow to import

    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    if _is_address(name):
        return any(isinstance(one, x509.IPAddress) and ip_address(name) in one.value for one in permitted)  # type: ignore[operator]
    return any(isinstance(one, x509.DNSName) and f".{name}".endswith(f".{one.value}") for one in permitted)


def _server(key: "EllipticCurvePrivateKey", authority: "Certificate", names: Sequence[str], now: dt.datetime) -> bytes:
    from cryptography import x509  # noqa: PLC0415 - slow to import
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, own_names()[0][:64])])
    builder = _builder(subject, authority.subject, own, now, SERVER_DAYS).add_extension(
        x509.SubjectAlternativeName(_alternatives(names)), critical=False).add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True).add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False).add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    return _pem(own, _signed(builder, key))


def _builder(subject: Any, issuer: Any, key: "EllipticCurvePrivateKey", now: dt.datetime, days: int) -> Any:
    from cryptography import x509  # noqa: PLC0415 - slow to import

    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))  # clocks of handhelds are often late
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))


def _signed(builder: Any, key: "EllipticCurvePrivateKey") -> "Certificate":
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - slow to import

    signed: Certificate = builder.sign(key, SHA256())
    return signed


def _alternatives(names: Iterable[str]) -> list[Any]:
    from cryptography import x509  # noqa: PLC0415 - slow to import

    return [x509.IPAddress(ip_address(one)) if _is_address(one) else x509.DNSName(one) for one in names]


def _is_good(path: Path, authority: "Certificate", names: Sequence[str], now: dt.datetime) -> bool:
    from cryptography import x509  # noqa: PLC0415 - slow to import

    if not path.exists():
        return False
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - of a file that anybody may have put there; another is made
        return False
    ends_late = found.not_valid_after_utc - now > dt.timedelta(days=RENEW_DAYS)
    return ends_late and found.not_valid_before_utc <= now and set(told) == set(_alternatives(names))


def _pem(key: "EllipticCurvePrivateKey", certificate: "Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat  # noqa: PLC0415 - slow to import

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)


def _der(certificate: "Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - slow to import

    return certificate.public_bytes(Encoding.DER)


def _write(path: Path, content: bytes) -> None:
    """Only its owner can read it, from the first byte on; it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
