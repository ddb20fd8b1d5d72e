"""What agencies said to objects of others, found by the name under which it is taken back."""

from cop.domain.report import Report
from cop.picture.change import Key


class SaidTo:
    """Answers and fills by kind, speaker and object; two agencies may call what they ask by the same name."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str, str], set[Key]] = {}

    def note(self, kind: str, key: Key) -> None:
        """Something was said; the key is (speaker, other agency + "/" + object)."""
        self._keys.setdefault(_name(kind, key), set()).add(key)

    def forget(self, kind: str, key: Key) -> None:
        """It is gone."""
        known = self._keys.get(_name(kind, key), set())
        known.discard(key)
        if not known:
            self._keys.pop(_name(kind, key), None)

    def clear(self) -> None:
        """Nothing was said."""
        self._keys.clear()

    def named(self, kind: str, retraction: Report) -> list[Key]:
        """What stands of that which a speaker takes back, by "agency~object", or by the object alone."""
        speaker, name = retraction.key
        agency, _, object_id = name.partition("~")
        one = (speaker, f"{agency}/{object_id}")
        if object_id and one in self._keys.get((kind, speaker, object_id), ()):
            return [one]
        return sorted(self._keys.get((kind, speaker, name), ()))


def _name(kind: str, key: Key) -> tuple[str, str, str]:
    return (kind, key[0], key[1].partition("/")[2])
