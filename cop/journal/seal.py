"""The chain signed by the desk, once a minute, where there is a key."""

from collections.abc import Callable
from pathlib import Path

from cop.journal.block import on_record
from cop.journal.signing import Signer, load_signer
from cop.journal.volume import Volume

_AFTER_S = 60.0


class Seal:
    """`error` says why the record is not signed though a key is configured. `steady` is a clock that never jumps."""

    def __init__(self, key_file: str, steady: Callable[[], float]) -> None:
        self.error = ""
        self._key_file = key_file
        self._steady = steady
        self._signer: Signer | None = None
        self._signed = 0
        self._next_at = 0.0

    @property
    def signs(self) -> bool:
        """Whether there is a key to sign with."""
        return self._signer is not None

    def load(self) -> None:
        """Read the key; what is wrong with it is told, and stops nothing."""
        if not self._key_file or self._signer is not None:
            return
        try:
            self._signer = load_signer(Path(self._key_file).expanduser())
            self.error = ""
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a home that is not known
            self.error = f"{error.strerror}: {self._key_file}" if isinstance(error, OSError) else str(error)

    def is_due(self, written: int) -> bool:
        """Whether there is something new to be signed, and it is time."""
        return self._signer is not None and self._signed < written and self._steady() >= self._next_at

    def put(self, volume: Volume, number: int, digest: bytes, now: float, *, soon: bool = False) -> bool:
        """Sign the chain up to a record, if that is due (`soon`: before its time); whether it was."""
        signer = self._signer
        if signer is None or number <= self._signed or not (soon or self._steady() >= self._next_at):
            return False
        at = on_record(now)
        volume.add_signature(number, at, digest, signer.public_key, signer.sign(number, at, digest))
        return True

    def stands_at(self, number: int, *, soon: bool = False) -> None:
        """The signature up to a record is on disk."""
        self._signed = number
        self._next_at = 0.0 if soon else self._steady() + _AFTER_S
