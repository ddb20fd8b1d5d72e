"""What a review says, in figures; every one with the numbers of the journal records that it comes from.

Durations (`…_s`) are seconds of the exercise (`pace.py`), times are aware UTC; what is not known is None. Definitions:
`docs/after-action.md`.
"""

from datetime import datetime
from typing import Literal

import msgspec

from cop.exercise.objectives import Objective


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What all parts of a review are: frozen, and readable as JSON."""


class Told(Figures, frozen=True, kw_only=True):
    """A moment, and the number of the record that tells of it; 0 where no record does (the clock, a note left out).

    `kept`: the word was heard only as the broker had kept it, the last of several: it may have been so earlier.
    """

    at: datetime
    record: int
    kept: bool = False


class Said(Figures, frozen=True, kw_only=True):
    """What an owner said beside yes: `state` is declined, countered or released; `offers` the unit offered instead."""

    told: Told
    state: str
    reason: str = ""
    offers: str = ""


class Response(Figures, frozen=True, kw_only=True):
    """What became of one task: when it was asked, answered, under way and there; durations count from `asked`.

    `task` and `incident` are "agency/id". `requested`: of another agency, that had to answer unless `by_clause` names
    the clause that had accepted it. `waited_s`: how long it had had no answer when it was answered, ended or the record
    did. `ended_as`: cancelled, reassigned, handed_over, or empty. `state` is how it stood at the end.
    """

    task: str
    objective: str
    asker: str
    owner: str
    unit: str
    unit_name: str = ""
    unit_kind: str = ""
    incident: str = ""
    requested: bool = True
    by_clause: str = ""
    asked: Told
    answered: Told | None = None
    answer: str = ""
    en_route: Told | None = None
    on_scene: Told | None = None
    complete: Told | None = None
    to_answer_s: float | None = None
    to_en_route_s: float | None = None
    to_on_scene_s: float | None = None
    waited_s: float = 0.0
    answer_by: datetime | None = None
    expired: bool = False
    late: bool = False
    unanswered: bool = False
    said: tuple[Said, ...] = ()
    ended: Told | None = None
    ended_as: str = ""
    state: str = ""


class Times(Figures, frozen=True, kw_only=True):
    """Durations of one kind: how many, median, 90th percentile (nearest rank), slowest and whose; and their records."""

    count: int = 0
    median_s: float | None = None
    p90_s: float | None = None
    slowest_s: float | None = None
    slowest: str = ""
    records: tuple[int, ...] = ()


class AgencyTimes(Figures, frozen=True, kw_only=True):
    """How an agency answered what others asked of it, and how its units came; lists name tasks ("agency/id")."""

    agency: str
    name: str
    requests: int = 0
    own_tasks: int = 0
    to_answer: Times = Times()
    to_en_route: Times = Times()
    to_on_scene: Times = Times()
    by_clause: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    countered: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


class Given(Figures, frozen=True, kw_only=True):
    """What one agency gave towards a request."""

    agency: str
    state: str
    quantity: int
    delivered: int
    reason: str = ""
    offered: Told | None = None
    arrived: Told | None = None


class Supply(Figures, frozen=True, kw_only=True):
    """What became of a request for resources; `state` as `rules.requests` says it at the end."""

    request: str
    what: str
    kind: str
    asker: str
    incident: str
    wanted: int
    promised: int
    delivered: int
    state: str
    overdue: bool
    needed_by: datetime | None
    asked: Told
    offered: Told | None = None
    arrived: Told | None = None
    to_offer_s: float | None = None
    to_delivery_s: float | None = None
    given: tuple[Given, ...] = ()


class Spell(Figures, frozen=True, kw_only=True):
    """A stretch of time in which something was so: `what`, and who; `ends` None: until the review ends."""

    what: str
    who: tuple[str, ...] = ()
    why: str = ""
    begins: Told
    ends: Told | None = None
    seconds: float = 0.0


class Led(Figures, frozen=True, kw_only=True):
    """Who led one incident: `leads` by the agreements (nobody, one, unified, contested), `commands` by their own words.

    Seconds are sums over the spells of that kind.
    """

    incident: str
    title: str
    agency: str
    known: Told
    over: Told | None
    leads: tuple[Spell, ...] = ()
    commands: tuple[Spell, ...] = ()
    no_lead_s: float = 0.0
    two_leads_s: float = 0.0
    no_command_s: float = 0.0
    two_commands_s: float = 0.0
    passed: int = 0


class Stood(Figures, frozen=True, kw_only=True):
    """A conflict, how long it stood, and how it ended; `ends` None: it stood at the end. `about`: kind, agency, id."""

    kind: str
    owner: str
    words: str
    about: tuple[tuple[str, str, str], ...]
    begins: Told
    ends: Told | None
    seconds: float
    ended_by: str = ""
    records: tuple[int, ...] = ()


class Quiet(Figures, frozen=True, kw_only=True):
    """An agency on a feed from which nothing came for longer than is usual for it."""

    feed: str
    agency: str
    usual_gap_s: float
    begins: Told
    ends: Told | None
    real_s: float


class Unseen(Figures, frozen=True, kw_only=True):
    """What an agency could not see though it had to do with the incident: `what` of whom, under which clause."""

    agency: str
    incident: str
    kind: Literal["place", "details", "offline", "draft", "refused"]
    what: str
    of: str = ""
    clause: str = ""
    begins: Told | None = None
    seconds: float | None = None
    count: int = 1
    records: tuple[int, ...] = ()


class Entry(Figures, frozen=True, kw_only=True):
    """A line of the timeline: what happened, to what ("agency/id"), by the records."""

    at: datetime
    kind: str
    words: str
    agency: str = ""
    incident: str = ""
    about: str = ""
    records: tuple[int, ...] = ()


class Reached(Figures, frozen=True, kw_only=True):
    """Whether an objective was met (None: cannot be told), and why, in words; `took_s` from `counts_from`."""

    objective: Objective
    met: bool | None
    why: str
    counts_from: Told | None = None
    due: datetime | None = None
    reached: Told | None = None
    took_s: float | None = None
    records: tuple[int, ...] = ()


class Gap(Figures, frozen=True, kw_only=True):
    """What the record cannot tell, in words; `begins` and `ends` where it is a time."""

    words: str
    begins: datetime | None = None
    ends: datetime | None = None
    records: tuple[int, ...] = ()


class Load(Figures, frozen=True, kw_only=True):
    """At a moment: requests that waited for an answer, units under way or at work, incidents and conflicts open."""

    at: datetime
    waiting: int
    at_work: int
    incidents: int
    conflicts: int


class Stretch(Figures, frozen=True, kw_only=True):
    """From a moment on time passed at this pace in the exercise; 0 while it was paused. `second`: the exercise's."""

    at: datetime
    second: float
    pace: float


class Indexed(Figures, frozen=True, kw_only=True):
    """A record that figures come from: when it was received, what kind it is and whose."""

    record: int
    at: datetime
    kind: str
    agency: str = ""


class Review(Figures, frozen=True, kw_only=True):
    """All of it. `first` and `last` are the records that it is of; `look_s`, `places_s` how finely time was cut."""

    operation: str
    desk: str
    agency: str
    operator: str
    exercise: str
    title: str
    begins: datetime
    ends: datetime
    first: int
    last: int
    records: int
    paces: tuple[Stretch, ...]
    look_s: float
    places_s: float
    names: dict[str, str] = {}
    incidents: dict[str, str] = {}
    objectives: tuple[Reached, ...] = ()
    timeline: tuple[Entry, ...] = ()
    responses: tuple[Response, ...] = ()
    agencies: tuple[AgencyTimes, ...] = ()
    supplies: tuple[Supply, ...] = ()
    led: tuple[Led, ...] = ()
    conflicts: tuple[Stood, ...] = ()
    silences: tuple[Quiet, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    load: tuple[Load, ...] = ()
    cannot_tell: tuple[Gap, ...] = ()
    index: tuple[Indexed, ...] = ()
