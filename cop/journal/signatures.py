"""Signatures held against the chain, and against the keys that those who verify brought along."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cop.journal.keys import fingerprint, public_key_of
from cop.journal.moments import iso
from cop.journal.open_volume import is_signature
from cop.journal.proving import Place
from cop.journal.signing import is_signed
from cop.journal.verdict import Signed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: once a minute is signed: what is older than this at the end, and is not, should be
_UNSIGNED_S = 180.0
_UNPROVED_END = "That nothing was cut off after the head is for other evidence to say: note its digest elsewhere."


@dataclass(slots=True)
class _Tally:
    count: int = 0
    number: int = 0
    at: float = 0.0


class Signatures:
    """All of one journal, as the walk comes to them."""

    def __init__(self, given: "Sequence[Ed25519PublicKey]" = ()) -> None:
        self._given = {one.public_bytes_raw(): fingerprint(one) for one in given}
        self._by_key: dict[bytes, _Tally] = {}
        self._others: set[bytes] = set()
        self._last: Place | None = None

    @property
    def asked(self) -> bool:
        """Whether those who verify brought keys along."""
        return bool(self._given)

    @property
    def reach(self) -> int:
        """The number of the last record that is proved by a signature; 0 without any."""
        return self._last.number if self._last is not None else 0

    def take(self, row: tuple[Any, ...], digest: bytes | None, *, there: bool) -> str:
        """Hold one against the record that it goes up to; what is wrong in words, empty if nothing.

        `there` is whether there is such a record, `digest` is that record's, None where it could not be proved.
        """
        if not is_signature(row):
            return "a signature was altered: it is none"
        number, at, hash_, public_key, signature = row
        if not is_signed(public_key, signature, number, at, hash_):
            return "a signature was altered: it is not one of the key that it names"
        if self._given and public_key not in self._given:
            known = public_key in self._others
            self._others.add(public_key)
            return "" if known else f"from here on signed by another key: {_name(public_key)}"
        if not there:
            return "removed: this record was signed, and is not there"
        if digest is None:
            return ""
        if digest != hash_:
            before = f"after record {self._last.number}" if self._last is not None else "before it"
            return f"this record was signed with another digest: what it or a record {before} holds was altered"
        tally = self._by_key.setdefault(public_key, _Tally())
        tally.count += 1
        tally.number, tally.at = max((tally.number, tally.at), (number, at))
        self._last = Place(number, at, "")
        return ""

    def conclusion(self, head: Place | None) -> tuple[list[tuple[int, str]], list[str], list[Signed]]:
        """At the end: faults as (number, words), remarks, and who signed what."""
        signed = [
            Signed(_name(key), one.count, one.number, one.at, key in self._given) for key, one in self._by_key.items()
        ]
        faults: list[tuple[int, str]] = []
        if self._last is None:
            if self._others:
                return faults, [_UNPROVED_END], signed
            if self._given:
                faults.append((1, f"no signature by the key {' or '.join(self._given.values())}"))
                return faults, [_UNPROVED_END], signed
            words = "not signed: who can write the file can make all of it anew, hashes too."
            return faults, [words, _UNPROVED_END], signed
        remarks = [
            f"signed by the key {one.fingerprint} ({'given' if one.given else 'it stands in the file'}):"
            f" {one.signatures:,} signatures, up to record {one.number} at {iso(one.at)}"
            for one in signed
        ]
        if not self._given:
            remarks.append(
                "Whoever made the file put that key there: compare its fingerprint with the desk's, or use --key."
            )
        if head is not None and head.number > self._last.number:
            since = f"records {self._last.number + 1}–{head.number} are not signed"
            if head.at - self._last.at > _UNSIGNED_S and self._given:
                faults.append((self._last.number + 1, f"{since}, though a signature was due each minute"))
            else:
                remarks.append(f"{since}.")
        remarks.append(_UNPROVED_END)
        return faults, remarks, signed


def _name(public_key: bytes) -> str:
    try:
        return fingerprint(public_key_of(public_key))
    except ValueError:
        return public_key.hex()[:64]
