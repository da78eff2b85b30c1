"""A coturn of our own for the tests, as docs/operations.md says to run it, on free loopback ports."""

from __future__ import annotations

import datetime
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import end, free_port, listening, wait_until

HOST = "127.0.0.1"
SECRET = "shared with the relay, by the tests alone"
CONFIG = """
listening-ip={host}
listening-port={port}
tls-listening-port={tls_port}
relay-ip={host}
cert={folder}/certificate.pem
pkey={folder}/key.pem
realm=tests
use-auth-secret
static-auth-secret={secret}
fingerprint
no-cli
no-multicast-peers
allow-loopback-peers
denied-peer-ip=0.0.0.0-255.255.255.255
allowed-peer-ip={host}
pidfile={folder}/pid
userdb={folder}/users.sqlite3
no-stdout-log
log-file={folder}/log
simple-log
"""


@dataclass(frozen=True)
class Turn:
    """A running relay: its addresses by transport, and what it takes to trust its certificate."""

    port: int
    tls_port: int
    trust: ssl.SSLContext
    secret: str = SECRET

    @property
    def udp(self) -> str:
        return f"turn:{HOST}:{self.port}?transport=udp"

    @property
    def tcp(self) -> str:
        return f"turn:{HOST}:{self.port}?transport=tcp"

    @property
    def tls(self) -> str:
        return f"turns:{HOST}:{self.tls_port}?transport=tcp"


@contextmanager
def coturn() -> Iterator[Turn]:
    """Start one and end it. It relays to the loopback and nowhere else."""
    program = shutil.which("turnserver")
    if program is None:
        raise RuntimeError("coturn is missing: apt-get install coturn")
    with tempfile.TemporaryDirectory(prefix="procon-coturn-") as name:
        folder, port, tls_port = Path(name), free_port(), free_port()
        _certify(folder)
        config = CONFIG.format(host=HOST, port=port, tls_port=tls_port, folder=folder, secret=SECRET)
        (folder / "turnserver.conf").write_text(config)
        process = subprocess.Popen(
            [program, "-c", str(folder / "turnserver.conf")],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: listening(port) and listening(tls_port), process, "coturn")
            trust = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
            yield Turn(port, tls_port, trust)
        finally:
            end(process)


def _certify(folder: Path) -> None:
    """A certificate for the loopback address, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay of the tests")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
