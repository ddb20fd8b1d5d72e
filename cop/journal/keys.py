"""Keys of a desk that signs its journal: made once, told apart by their fingerprints."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_LONGEST = 65_536


def make_key(path: Path) -> str:
    """Make an Ed25519 key that its owner alone can read; return the public one as PEM. Raises OSError if it exists."""
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return as_pem(key.public_key())


def read_public_key(path: Path) -> Ed25519PublicKey:
    """The public key of a PEM file, which may hold the private one too. Raises OSError, ValueError."""
    with path.open("rb") as file:
        text = file.read(_LONGEST)
    try:
        private = b"PRIVATE KEY" in text
        key = load_pem_private_key(text, password=None) if private else load_pem_public_key(text)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: one that asks for a password
        key = None
    match key:
        case Ed25519PrivateKey():
            return key.public_key()
        case Ed25519PublicKey():
            return key
    raise ValueError(f"{path} is no Ed25519 key (PEM)")


def public_key_of(raw: bytes) -> Ed25519PublicKey:
    """The key whose 32 raw bytes these are. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(raw)


def raw_bytes(key: Ed25519PublicKey) -> bytes:
    """Its 32 raw bytes."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def as_pem(key: Ed25519PublicKey) -> str:
    """As the PEM text that other programs take."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of its DER form in hex, as `openssl pkey -pubin -outform DER | sha256sum` prints it."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
