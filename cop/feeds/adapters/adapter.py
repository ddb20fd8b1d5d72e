"""The seam every format is written against."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cop.domain.report import Report
from cop.feeds.message import Feed, Message


class Adapter(Protocol):
    """Turns the messages of one feed into reports. May keep state of that feed (parts of a message, last words)."""

    def decode(self, message: Message) -> list[Report]:
        """The reports that a message makes, possibly none (control messages).

        Raises BadMessage with a reason if nothing in it can be used. Any other exception is a bug of ours.
        """
        ...


def whole_file(data: bytes) -> Iterator[tuple[str | None, bytes]]:
    """A recorded file that holds one message, without its topic."""
    yield None, data


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name in `cop.toml`, what it is, how an adapter is made, how recorded files are cut."""

    name: str
    summary: str
    make: Callable[[Feed], Adapter]
    #: cuts a recorded file into (topic or None, payload); for `cop decode`
    split: Callable[[bytes], Iterator[tuple[str | None, bytes]]] = whole_file
