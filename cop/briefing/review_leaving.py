"""What of a review may leave for its reader: the share clauses hold for it as for all that leaves."""

from collections.abc import Collection

import msgspec

from cop.domain.agreement import EVERYONE, Agreements, ShareClause
from cop.domain.rules.share import NOBODY_NAMED
from cop.exercise.review.figures import Entry, Review, Stood, Unseen
from cop.exercise.review.index import named_in

#: conflicts that tell where units are
_PLACES = frozenset({"in_hot_zone", "coverage_void"})
_WITHHELD = "not told: where units of {} are is not shown to this reader"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A review as a reader may have it, and what was kept back from it, in words."""

    review: Review
    reader: str
    whole: bool
    kept_back: tuple[str, ...] = ()


def told_to(review: Review, agreements: Agreements, *, reader: str = NOBODY_NAMED, own: str = "") -> Told:
    """What of a review may leave for `reader` (an agency; `NOBODY_NAMED` is anybody) from the desk of `own`.

    Messages to others and drafts of others are left out. What a conflict tells of where a unit is, is not told where
    any clause speaks of what its agency shows this reader: it may have been paused, or speak of some ground alone.
    """
    if reader and reader == own:
        return Told(review=review, reader=reader, whole=True)
    closed = _closed(agreements, reader)
    messages = [one for one in review.timeline if one.kind == "message" and not _is_for(one, reader)]
    # what the controller wrote, and to where units were sent by hand, is between it and whom it was for
    by_hand = [one for one in review.timeline if one.kind == "control" and one.agency]
    drafts = [one for one in review.unseen if one.kind == "draft" and one.agency != reader]
    refused = [one for one in review.unseen if one.kind == "refused"]
    held = [
        one
        for one in review.conflicts
        if one.kind in _PLACES and (closed is None or not closed.isdisjoint(_about(one)))
    ]
    words = {(one.begins.at, one.words) for one in held}
    timeline = tuple(
        msgspec.structs.replace(one, words=_WITHHELD.format("another agency"), agency="")
        if one.kind == "conflict" and any(at == one.at and _is_same(said, one.words) for at, said in words)
        else one
        for one in review.timeline
        if one not in messages and one not in by_hand
    )
    conflicts = tuple(_without_place(one) if one in held else one for one in review.conflicts)
    # why a message was refused is said in its own words
    unseen: tuple[Unseen, ...] = tuple(one for one in review.unseen if one not in drafts and one not in refused)
    kept_back = [
        f"{len(messages)} message{'s' if len(messages) > 1 else ''} to others" if messages else "",
        f"{len(drafts)} draft{'s' if len(drafts) > 1 else ''} of others" if drafts else "",
        f"{len(held)} conflict{'s' if len(held) > 1 else ''} that tell{'' if len(held) > 1 else 's'} where units are"
        if held
        else "",
        "what the controller said and moved by hand" if by_hand else "",
        "messages of feeds that were refused" if refused else "",
    ]
    left = msgspec.structs.replace(review, timeline=timeline, conflicts=conflicts, unseen=unseen)
    left = _objectives_without(left, held)
    named = named_in(left)  # the list of records tells no more than the figures do
    left = msgspec.structs.replace(left, index=tuple(one for one in left.index if one.record in named))
    return Told(review=left, reader=reader, whole=False, kept_back=tuple(filter(None, kept_back)))


def _closed(agreements: Agreements, reader: str) -> frozenset[str] | None:
    """The agencies that may not show all their places to a reader; None: nobody knows who shows what."""
    if agreements.incomplete:
        return None
    found = set()
    for term in agreements.terms:
        clause = term.clause
        if isinstance(clause, ShareClause) and (reader in clause.to or EVERYONE in clause.to):
            # one that shows them exactly may be paused or withdrawn, and nothing is shown then
            found.add(clause.giver)
    return frozenset(found - {reader})


def _about(one: Stood) -> frozenset[str]:
    return frozenset({one.owner, *(agency for kind, agency, _ in one.about if kind == "unit")})


def _is_for(one: Entry, reader: str) -> bool:
    return not one.about or one.agency == reader or (bool(reader) and reader in one.about.split(","))


def _is_same(said: str, shown: str) -> bool:
    return said == shown or (shown.endswith("…") and said.startswith(shown[:-1]))


def _without_place(one: Stood) -> Stood:
    return msgspec.structs.replace(one, words=_WITHHELD.format("another agency"), about=(), owner="", ended_by="")


def _objectives_without(review: Review, held: Collection[Stood]) -> Review:
    """Why an objective about conflicts was met or not may quote one of them."""
    said = {one.words for one in held}
    objectives = []
    for one in review.objectives:
        why = one.why
        for words in said:
            why = why.replace(words, _WITHHELD.format("another agency"))
        objectives.append(msgspec.structs.replace(one, why=why))
    return msgspec.structs.replace(review, objectives=tuple(objectives))
