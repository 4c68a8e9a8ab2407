"""A certificate that a played shop makes for itself, for clients that insist on https: whoever wants to trust it is given it."""

import datetime as dt
import ipaddress
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_NAMES = ("localhost", "*.myshopify.com", "gw.api.taobao.com", "eco.taobao.com", "api.jd.com", "openapi-fxg.jinritemai.com", "openapi-sandbox.jinritemai.com",
          "api.weixin.qq.com")
"""This machine, and what the platforms are called, for clients that can be told no other address than by the list of hosts."""
_DAYS = 2
_USED = x509.KeyUsage(digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False, key_cert_sign=True,
                      crl_sign=False, encipher_only=False, decipher_only=False)


def made(at: Path) -> ssl.SSLContext:
    """Speaks TLS by a new key, whose certificate is written to `at`."""
    key, now, number = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC), x509.random_serial_number()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"A shop that is played {number % 10**9:09d}")])  # several are told apart by it
    names = [*map(x509.DNSName, _NAMES), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    signed = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(number)
              .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=_DAYS))
              .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).add_extension(own, critical=False)
              .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False).add_extension(_USED, critical=True)
              .add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256()))
    shown = signed.public_bytes(serialization.Encoding.PEM)
    hidden = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    at.write_bytes(shown)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "both.pem"
        both.write_bytes(hidden + shown)
        context.load_cert_chain(both)
    return context
