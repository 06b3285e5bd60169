"""The proxy of the tests of proxies: Debian's nginx, with TLS, on this machine alone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

MISSING = "no nginx here: install the package nginx-light (apt-get install nginx-light)"

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {servers}
}}
"""
SERVER = "server {{ listen 127.0.0.1:{port} ssl; server_name localhost; {locations} }}\n"


def nginx_path() -> str | None:
    """Where nginx is, or None; Debian keeps it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def nginx(folder: Path, locations: dict[int, str]) -> Iterator[None]:
    """A running nginx with one server of these locations at each port."""
    _certify(folder)
    servers = "".join(SERVER.format(port=port, locations=text) for port, text in locations.items())
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, servers=servers))
    command = [nginx_path() or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with (folder / "said").open("w") as said:
        process = subprocess.Popen([*command, "-e", str(folder / "error.log")], stdout=said, stderr=said)
    try:
        for port in locations:
            _wait_for(port, process, folder / "said")
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until, "nginx does not listen"
            time.sleep(0.02)


def _certify(folder: Path) -> None:
    """A certificate for ``localhost``, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.not_valid_before(now - timedelta(days=400)).not_valid_after(now + timedelta(days=400))
    made = made.serial_number(1).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
    )
    (folder / "cert.pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
