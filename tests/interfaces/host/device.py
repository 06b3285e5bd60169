"""A phone that keeps passkeys, made of software: what it signs is what real ones sign."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Device:
    """One passkey for one site."""

    origin: str = "http://localhost:8000"
    flags: int = PRESENT | VERIFIED
    counter: int = 1
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def creates(self, options: dict[str, Any]) -> str:
        """What the browser sends after ``navigator.credentials.create``."""
        options = options["publicKey"]
        public = cbor.encode(ES256.from_cryptography_key(self.key.public_key()))
        about = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._data(options["rp"]["id"], ATTESTED) + about
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options["challenge"])
        return self._sent({"clientDataJSON": text(said), "attestationObject": text(attestation)})

    def answers(self, options: dict[str, Any]) -> str:
        """What the browser sends after ``navigator.credentials.get``."""
        self.counter += 1
        options = options["publicKey"]
        data = self._data(options["rpId"])
        said = self._said("webauthn.get", options["challenge"])
        signed = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        sent = {"clientDataJSON": said, "authenticatorData": data, "signature": signed}
        return self._sent({name: text(raw) for name, raw in sent.items()})

    def _data(self, site: str, more: int = 0) -> bytes:
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", self.flags | more, self.counter)

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _sent(self, response: dict[str, str]) -> str:
        return json.dumps(
            {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}
            | {"clientExtensionResults": {}}
        )
