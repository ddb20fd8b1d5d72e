"""Who could not see what they needed: places and details that share clauses kept from agencies that worked together,
agencies that nobody heard on line, drafts that were never sent, messages that were refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cop.domain.agreement import Agreements
from cop.domain.batch import RefusedWord
from cop.domain.details import IncidentDetails
from cop.domain.incident import Incident
from cop.domain.rules.share import Case, Sharing, Shown
from cop.domain.task import Task
from cop.exercise.review.figures import Response, Told, Unseen
from cop.exercise.review.responses import drafts
from cop.exercise.review.scope import Scope, key_in, named, told
from cop.exercise.review.walk import Refused
from cop.exercise.review.words import Key
from cop.picture.names import one_line


def unseen(
    scope: Scope,
    agreements: Agreements,
    every: Sequence[Response],
    refused: Mapping[str, Refused],
    refused_words: Iterable[RefusedWord],
    *,
    operation: str,
) -> tuple[Unseen, ...]:
    """All of it, agency by agency."""
    sharing = Sharing(agreements, dict(scope.picture.consents))
    found = [
        *_places(scope, sharing, every, operation),
        *_details(scope, sharing, every, operation),
        *_offline(scope, every),
        *_drafts(scope),
        *_refused(refused, refused_words),
    ]
    return tuple(sorted(found, key=lambda one: (one.kind, one.agency, one.incident, one.of, one.what)))


def _places(scope: Scope, sharing: Sharing, every: Sequence[Response], operation: str) -> list[Unseen]:
    """Of two agencies' units that were at work on one incident at a time: whose places the other was not shown."""
    found = []
    at_work: dict[str, list[tuple[Response, Told, datetime]]] = {}
    for one in every:
        spell = _at_work(scope, one)
        if spell is not None and one.incident:
            at_work.setdefault(_incident(scope, one.incident), []).append((one, *spell))
    for incident, mine in at_work.items():
        for reader in sorted({agency for one, _, _ in mine for agency in (one.owner, one.asker)}):
            theirs = [(a, b) for one, a, b in mine if one.owner == reader]
            since = min((a.at for a, _ in theirs), default=None)
            for one, begins, ends in mine:
                if one.owner == reader or not one.unit:
                    continue
                # who asked for it wants to see it come; others from when they have units there themselves
                from_ = begins.at if one.asker == reader else max(begins.at, since) if since is not None else None
                until = ends if one.asker == reader else min(ends, max((b for _, b in theirs), default=ends))
                if from_ is None or until <= from_:
                    continue
                shown = sharing.shown_to(reader, one.owner, _case(scope, one), from_, operation=operation)
                if (what := _kept_back(shown)) is None:
                    continue
                found.append(
                    Unseen(
                        agency=reader,
                        incident=incident,
                        kind="place",
                        what=f"{one.unit_name or one.unit}: {what}",
                        of=one.owner,
                        clause=", ".join(term.words for term in shown.terms) or "an agreement that cannot be applied",
                        begins=Told(at=from_, record=begins.record),
                        seconds=scope.elapsed(from_, until),
                        records=tuple(sorted({one.asked.record, begins.record})),
                    )
                )
    return found


def _at_work(scope: Scope, one: Response) -> tuple[Told, datetime] | None:
    """From when its unit was on the way or there until it was done, or let go."""
    moved = [told_ for told_ in (one.en_route, one.on_scene) if told_ is not None]
    if not moved:
        return None
    over = [told_.at for told_ in (one.complete, one.ended) if told_ is not None]
    over += [said.told.at for said in one.said if said.state == "released"]
    return min(moved, key=lambda told_: told_.at), min([*over, scope.ends_at])


def _incident(scope: Scope, name: str) -> str:
    return named(scope.picture.same.lead(key_in(name)))


def _case(scope: Scope, one: Response) -> Case:
    """What was to be shown of a unit: its place on the ground where it went, at the incident."""
    word = scope.words.newest("incident", key_in(one.incident))
    body = word.report.body if word is not None else None
    place = (body.lat, body.lon) if isinstance(body, Incident) else (None, None)
    return Case(unit_kind=one.unit_kind or "unknown", lat=place[0], lon=place[1])


def _kept_back(shown: Shown) -> str | None:
    if shown.hidden:
        return "place not shown"
    late = f"{shown.delay.total_seconds() / 60:g} min late" if shown.delay else ""
    words = " and ".join(filter(None, ("to 1 km" if shown.rounded else "", late)))
    return f"place {words}" if words else None


def _details(scope: Scope, sharing: Sharing, every: Sequence[Response], operation: str) -> list[Unseen]:
    """Details that are on record here and that no clause showed to an agency that was asked for a unit."""
    found: list[Unseen] = []
    of: dict[Key, dict[str, tuple[int, ...]]] = {}
    for word in scope.words.every("details"):
        body = word.report.body
        if isinstance(body, IncidentDetails) and not body.deleted:
            for kind in (kind for kind in ("medical", "personal") if getattr(body, kind)):
                known = of.setdefault((word.agency, body.id), {})
                known[kind] = (*known.get(kind, ()), word.record)
    for incident, kinds in of.items():
        asked: dict[str, Response] = {}
        for one in every:
            if one.requested and key_in(one.incident) in scope.same(incident):
                asked.setdefault(one.owner, one)
        for reader, one in sorted(asked.items()):
            if reader == incident[0]:
                continue
            case = Case(incident_type=_type_of(scope, incident))
            shown = sharing.shown_to(reader, incident[0], case, one.asked.at, operation=operation)
            hidden = sorted(set(kinds) - shown.details) if not shown.hidden else sorted(kinds)
            if hidden:
                records = tuple(sorted({one.asked.record, *(number for name in hidden for number in kinds[name])}))
                found.append(
                    Unseen(
                        agency=reader,
                        incident=named(incident),
                        kind="details",
                        what=f"{' and '.join(hidden)} details",
                        of=incident[0],
                        clause=", ".join(term.words for term in shown.terms) or "no clause shows them",
                        begins=one.asked,
                        records=records,
                    )
                )
    return found


def _type_of(scope: Scope, incident: Key) -> str:
    word = scope.words.newest("incident", incident)
    body = word.report.body if word is not None else None
    return body.type if isinstance(body, Incident) else "unknown"


def _offline(scope: Scope, every: Sequence[Response]) -> list[Unseen]:
    """Agencies that were asked, and of whom no desk was on line at any time."""
    online = {word.agency for word in scope.words.every("presence") if getattr(word.report.body, "online", False)}
    asked: dict[str, list[Response]] = {}
    for one in every:
        if one.requested:
            asked.setdefault(one.owner, []).append(one)
    return [
        Unseen(
            agency=agency,
            incident="",
            kind="offline",
            what="asked, and no desk of theirs was ever on line",
            count=len(mine),
            records=tuple(sorted(one.asked.record for one in mine)),
        )
        for agency, mine in sorted(asked.items())
        if agency not in online
    ]


def _drafts(scope: Scope) -> list[Unseen]:
    found = []
    for word in drafts(scope):
        body = word.report.body
        if isinstance(body, Task):
            found.append(
                Unseen(
                    agency=word.agency,
                    incident=named((body.incident_agency, body.incident)),
                    kind="draft",
                    what=f"“{one_line(body.objective)}” was never sent to {scope.name(body.assignee_agency)}",
                    of=body.assignee_agency,
                    begins=told(word),
                    records=(word.record,),
                )
            )
    return found


def _refused(refused: Mapping[str, Refused], words: Iterable[RefusedWord]) -> list[Unseen]:
    """Messages of feeds, by reason; words that were not taken, by whose and why."""
    found = []
    for feed, one in sorted(refused.items()):
        if not one.count:
            continue
        reasons = sorted(one.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        why = "; ".join(f"{count:,} × {one_line(reason)}" for reason, count in reasons[:6])
        found.append(
            Unseen(
                agency="",
                incident="",
                kind="refused",
                what=why or "could not be used",
                of=feed,
                count=one.count,
                records=tuple(one.records),
            )
        )
    return found
