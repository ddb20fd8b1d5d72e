"""A desk's key is its own, and told apart by its fingerprint."""

import hashlib
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from cop.journal.keys import as_pem, fingerprint, make_key, public_key_of, raw_bytes, read_public_key


def test_that_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "desk.pem"
    public = make_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        make_key(file)
    assert file.read_bytes() == before
    (tmp_path / "pub.pem").write_text(public)
    key = read_public_key(tmp_path / "pub.pem")
    assert fingerprint(key) == fingerprint(read_public_key(file)) == fingerprint(public_key_of(raw_bytes(key)))
    der = load_pem_private_key(before, None).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert fingerprint(key) == hashlib.sha256(der).hexdigest()
    assert as_pem(key) == public


def test_that_what_is_no_such_key_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    other = generate_private_key(SECP256R1())
    wrong = [
        b"",
        b"\x00\xff" * 1000,
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ]
    for content in wrong:
        file.write_bytes(content)
        with pytest.raises(ValueError, match=r"key\.pem is no Ed25519 key"):
            read_public_key(file)
    with pytest.raises(OSError, match="No such file"):
        read_public_key(tmp_path / "nothing.pem")
