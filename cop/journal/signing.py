"""Who kept the record: once a minute the desk's key (Ed25519) signs the chain as far as it has come."""

import struct
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_WORDS = b"COP journal, signature, version 1\n"
_LARGEST = 16_384


def signed_words(number: int, at: float, digest: bytes) -> bytes:
    """What is signed: up to which record, when, and the running digest there."""
    return _WORDS + struct.pack(">Qd", number, at) + digest


class Signer:
    """A desk's key. `public_key` is its public half, 32 raw bytes."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    def sign(self, number: int, at: float, digest: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(signed_words(number, at, digest))


def load_signer(key_file: Path) -> Signer:
    """The key in a PEM file. Raises OSError or ValueError, in words, if there is none that can be used."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - only where there is a key
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - the same

    with key_file.open("rb") as file:
        text = file.read(_LARGEST)
    try:
        key = load_pem_private_key(text, password=None)
    except TypeError:
        raise ValueError(f"the key in {key_file} has a password; the journal needs one without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"{key_file} holds no private key (PEM)") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"the key in {key_file} is no Ed25519 key")  # noqa: TRY004 - of the file, not of a type
    return Signer(key)


def is_signed(public_key: bytes, signature: bytes, number: int, at: float, digest: bytes) -> bool:
    """Whether a key (32 raw bytes) signed this; False for what is no key or no signature."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above

    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, signed_words(number, at, digest))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
