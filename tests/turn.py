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
HOST6 = "::1"
NAME = "localhost"
SECRET = "shared with the relay, by the tests alone"
CONFIG = """
listening-ip={host}
listening-ip={host6}
listening-port={port}
tls-listening-port={tls_port}
relay-ip={host}
cert={folder}/relay.pem
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
    """A running relay: its addresses by transport, and the certificate of who vouches for it."""

    port: int
    tls_port: int
    authority: Path
    secret: str = SECRET

    @property
    def trust(self) -> ssl.SSLContext:
        """For who reaches it over TLS."""
        return ssl.create_default_context(cafile=str(self.authority))

    @property
    def udp(self) -> str:
        return f"turn:{HOST}:{self.port}?transport=udp"

    @property
    def udp6(self) -> str:
        """For who has IPv6 alone; what it relays goes on over IPv4."""
        return f"turn:[{HOST6}]:{self.port}?transport=udp"

    @property
    def tcp(self) -> str:
        return f"turn:{HOST}:{self.port}?transport=tcp"

    @property
    def tls(self) -> str:
        """By its name: to an address Firefox opens no relay over TLS."""
        return f"turns:{NAME}:{self.tls_port}?transport=tcp"


@contextmanager
def coturn() -> Iterator[Turn]:
    """Start one and end it. It relays to the loopback and nowhere else."""
    program = shutil.which("turnserver")
    if program is None:
        raise RuntimeError("coturn is missing: apt-get install coturn")
    with tempfile.TemporaryDirectory(prefix="procon-coturn-") as name:
        folder, port, tls_port = Path(name), free_port(), free_port()
        _certify(folder)
        config = CONFIG.format(
            host=HOST, host6=HOST6, port=port, tls_port=tls_port, folder=folder, secret=SECRET
        )
        (folder / "turnserver.conf").write_text(config)
        process = subprocess.Popen(
            [program, "-c", str(folder / "turnserver.conf")],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: listening(port) and listening(tls_port), process, "coturn")
            yield Turn(port, tls_port, folder / "authority.pem")
        finally:
            end(process)


def _certify(folder: Path) -> None:
    """An authority of the tests' and the relay's certificate: Firefox takes none that signs itself."""
    now = datetime.datetime.now(datetime.UTC)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("authority", "relay")}
    places = [x509.IPAddress(IPv4Address(HOST)), x509.DNSName(NAME)]
    for name, key in keys.items():
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=name == "authority", path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(places), critical=False)
            .sign(keys["authority"], hashes.SHA256())
        )
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        keys["relay"].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{name} of the tests")])
