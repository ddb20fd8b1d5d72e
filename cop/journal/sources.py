"""Whose messages are on record: a number for each feed, agency and format, in bounded room."""

from cop.journal.block import Source

_LIMIT = 10_000


class Sources:
    """`meaning` tells what a number stands for; numbers are never taken back."""

    def __init__(self) -> None:
        self.meaning: dict[int, Source] = {}
        self._numbers: dict[Source, int] = {}

    def number(self, feed: str, agency: str, form: str) -> int:
        """The number of a source, a new one for one that is new."""
        key = Source(as_text(feed), as_text(agency), as_text(form))
        number = self._numbers.get(key)
        if number is None:
            if len(self._numbers) >= _LIMIT and agency:  # senders may invent agencies: the topic still says it
                return self.number(feed, "", form)
            number = self._numbers[key] = len(self._numbers)
            self.meaning[number] = key
        return number


def as_text(text: str) -> str:
    """Text as a disk takes it."""
    return text.encode("utf-8", "replace").decode()
