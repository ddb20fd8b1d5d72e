"""Requests for resources: what was asked for, offered and delivered, when and by whom."""

from datetime import datetime

from cop.domain.request import Fill, ResourceRequest
from cop.domain.rules import requests as rules
from cop.exercise.review.figures import Given, Supply, Told
from cop.exercise.review.scope import Scope, named, told
from cop.exercise.review.words import Key, Word
from cop.picture.names import one_line


def supplies(scope: Scope) -> tuple[Supply, ...]:
    """Of every request made in the time reviewed, in the order in which they were made."""
    found = (_supply(scope, key) for key in scope.words.keys("request"))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.asked.at, one.request)))


def fills_of(scope: Scope, request: Key) -> list[Word]:
    """What anybody said towards a request."""
    named_so = f"{request[0]}/{request[1]}"
    keys = [key for key in scope.words.keys("fill") if key[1] == named_so]
    return [word for key in keys for word in scope.words.of("fill", key) if isinstance(word.report.body, Fill)]


def _supply(scope: Scope, key: Key) -> Supply | None:
    words = [one for one in scope.words.of("request", key) if isinstance(one.report.body, ResourceRequest)]
    if not words:
        return None
    first = min(words, key=lambda one: (_asked_at(one), one.record))
    asked = told(first, _body(first).asked_at)
    if not scope.within(asked.at):
        return None
    newest = scope.words.newest("request", key)
    request = _body(newest) if newest is not None and newest in words else _body(words[-1])
    fills = fills_of(scope, key)
    stands = rules.standing(key[0], request, [(one.agency, _fill(one)) for one in fills], scope.ends_at)
    offered = _first(fills, rules.GIVING)
    arrived = _first(fills, frozenset({"delivered"}))
    return Supply(
        request=named(key),
        what=one_line(request.what),
        kind=request.kind,
        asker=key[0],
        incident=named((request.incident_agency, request.incident)),
        wanted=stands.wanted,
        promised=stands.promised,
        delivered=stands.delivered,
        state=stands.state,
        overdue=stands.overdue,
        needed_by=request.needed_by,
        asked=asked,
        offered=offered,
        arrived=arrived,
        to_offer_s=scope.elapsed(asked.at, offered.at) if offered is not None else None,
        to_delivery_s=scope.elapsed(asked.at, arrived.at) if arrived is not None else None,
        given=tuple(_given(fills, one) for one in stands.given),
    )


def _given(fills: list[Word], one: rules.Given) -> Given:
    mine = [word for word in fills if word.agency == one.agency]
    return Given(
        agency=one.agency,
        state=one.state,
        quantity=one.quantity,
        delivered=one.delivered,
        reason=one_line(one.reason),
        offered=_first(mine, rules.GIVING),
        arrived=_first(mine, frozenset({"delivered"})),
    )


def _first(fills: list[Word], states: frozenset[str]) -> Told | None:
    found = [one for one in fills if _fill(one).state in states and _fill(one).quantity and not _fill(one).deleted]
    return told(min(found, key=lambda one: (one.at, one.record))) if found else None


def _asked_at(word: Word) -> datetime:
    return told(word, _body(word).asked_at).at


def _body(word: Word) -> ResourceRequest:
    assert isinstance(word.report.body, ResourceRequest)
    return word.report.body


def _fill(word: Word) -> Fill:
    assert isinstance(word.report.body, Fill)
    return word.report.body
