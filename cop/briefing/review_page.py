"""A review as a page: one file that asks nobody for anything, readable without its script, printable as it is."""

import base64
import hashlib
from datetime import datetime, tzinfo
from types import SimpleNamespace
from typing import NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from cop.briefing import lettering, review_charts
from cop.briefing.occasion import Occasion
from cop.briefing.review_leaving import Told
from cop.briefing.review_style import SCRIPT, STYLE
from cop.briefing.review_template import PAGE
from cop.briefing.review_words import Sayer, findings, more_records, records_words
from cop.exercise.review.by_agency import times
from cop.exercise.review.figures import Review
from cop.exercise.review.pace import ExerciseTime
from cop.exercise.review.reached import clock
from cop.journal.moments import iso

_WIDTH = 790.0
#: lines of the timeline that a page shows: what is longer is read in the journal
_MOST_LINES = 4_000
_PARTS = (
    ("reached", "What was reached"),
    ("course", "How it went"),
    ("responses", "Requests to scene"),
    ("supplies", "Resources"),
    ("led", "Who led"),
    ("conflicts", "Conflicts"),
    ("silences", "Silence"),
    ("unseen", "Not seen"),
    ("timeline", "Timeline"),
    ("how", "How it was found"),
)
UNSEEN = (
    ("place", "Places of units that worked beside them"),
    ("details", "Medical and personal details"),
    ("offline", "Asked, and never on line"),
    ("draft", "Drafts that were never sent"),
    ("refused", "Messages that could not be used"),
)


def as_page(told: Told, occasion: Occasion, *, zone: tzinfo | None = None) -> bytes:
    """The page, in UTF-8; times of day in `zone`, without one in that of this computer."""
    review = told.review
    say = Sayer(review, zone)
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page.filters["p"] = lettering.readable
    time = ExerciseTime(review.paces)
    text = page.from_string(
        PAGE
    ).render(
        policy=f"default-src 'none'; style-src {_digest(STYLE)}; script-src {_digest(SCRIPT)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        style=Markup(STYLE),  # noqa: S704 - ours alone, and its digest stands in the policy
        script=Markup(SCRIPT),  # noqa: S704 - as above
        title=f"After-action review · {review.title or review.operation}",
        told=told,
        review=review,
        occasion=occasion,
        say=say,
        parts=_PARTS,
        tally=tally(review),
        tiles=tiles(review),
        found=findings(review, say),
        charts=_charts(review, say),
        paced=paced(review),
        timeline=review.timeline[:_MOST_LINES],
        left_out=len(review.timeline) > _MOST_LINES,
        unseen_kinds=UNSEEN,
        definitions=definitions(review),
        index=frozenset(one.record for one in review.index),
        shown=records_words,
        more=more_records,
        iso=lambda at: iso(at.timestamp()),
        example=iso(review.index[0].at.timestamp()) if review.index else "TIME",
        second=lambda at: round(time.second(at.timestamp()), 1),
        exercise_clock=lambda at: exercise_clock(time, at),
    )
    return text.encode("utf-8", "replace")


def tally(review: Review) -> SimpleNamespace:
    """How many objectives were met, not met, and cannot be told."""
    met = [one.met for one in review.objectives]
    return SimpleNamespace(met=met.count(True), not_met=met.count(False), open=met.count(None))


class Tile(NamedTuple):
    """A figure of the first page: what, how much, whether that is well ("met"), not ("not") or neither, by which."""

    words: str
    value: str
    state: str
    records: tuple[int, ...]


def tiles(review: Review) -> list[Tile]:
    """The figures of the first page."""
    had_to = [one for one in review.responses if one.requested and not one.by_clause]
    found = [Tile("requests to other agencies", str(len(had_to)), "", tuple(one.asked.record for one in had_to))]
    answers = times([(one.to_answer_s, one.task, one.asked, one.answered) for one in had_to])
    if answers.median_s is not None and answers.slowest_s is not None:
        found.append(Tile("median time to an answer", clock(answers.median_s), "", answers.records))
        slowest = next(one for one in had_to if one.task == answers.slowest)
        told = (slowest.asked, slowest.answered)
        records = tuple(one.record for one in told if one is not None)
        found.append(Tile("slowest answer", clock(answers.slowest_s), "", records))
    waited = tuple(one.asked.record for one in had_to if one.unanswered)
    found.append(Tile("requests without any answer", str(len(waited)), "not" if waited else "met", waited))
    two = sum(one.two_leads_s + one.two_commands_s for one in review.led)
    spells = [spell for one in review.led for spell in (*one.leads, *one.commands) if spell.what == "contested"]
    records = tuple(spell.begins.record for spell in spells)
    value = clock(two) if two else "never"
    found.append(Tile("with two leads or two in command", value, "not" if two else "met", records))
    longest = max(review.conflicts, key=lambda one: one.seconds, default=None)
    stood = f"; the longest stood {clock(longest.seconds)}" if longest is not None else ""
    records = longest.records if longest is not None else ()
    found.append(Tile(f"conflicts between agencies{stood}", str(len(review.conflicts)), "", records))
    return found


def paced(review: Review) -> str:
    """How time passed in the exercise, where it did not pass as in the world."""
    if not review.exercise or not review.paces:
        return ""
    paces = list(dict.fromkeys(one.pace for one in review.paces if one.pace))
    pauses = sum(one.pace == 0 for one in review.paces[:-1])
    words = " and ".join(f"{one:g}" for one in paces) or "0"
    said = f"Played {words} times as fast as the world" if paces != [1.0] else "Played at the pace of the world"
    stops = f", with {pauses} pause{'s' if pauses > 1 else ''}" if pauses else ""
    return f"{said}{stops}; durations are the exercise's."


def exercise_clock(time: ExerciseTime, at: datetime) -> str:
    """The exercise's own clock: "T+04:05", "T−1:02:03"."""
    second = round(time.second(at.timestamp()))
    sign, second = ("−", -second) if second < 0 else ("+", second)
    hours, minutes, seconds = second // 3600, second // 60 % 60, second % 60
    return f"T{sign}{f'{hours}:' if hours else ''}{minutes:02}:{seconds:02}"


def definitions(review: Review) -> list[tuple[str, str]]:
    """What the words of the figures mean; `docs/after-action.md` says all of it."""
    unit = "exercise seconds" if review.exercise else "seconds"
    places = f"every {clock(review.places_s)}" if review.places_s else "whenever they were said"
    look = "half a second" if review.look_s <= 0.5 else clock(review.look_s)
    return [
        (
            "Time of a word",
            "What the message says itself, by its sender's clock; where that was measured to be off, corrected.",
        ),
        ("Asked", "The first word of the task that was no draft."),
        (
            "Answered",
            "The first word of the agency that was asked, on this task and unit: yes, no, another offer, under way.",
        ),
        ("By agreement", "A clause had said yes in advance: nobody had to answer, and it counts in no time to answer."),
        ("Unanswered", "No word until it was withdrawn, or the record ended."),
        ("90th percentile", "The smallest duration that nine tenths of them do not exceed."),
        ("Durations", f"In {unit}, from the request."),
        ("No lead, two leads", f"By clauses and boundaries as they are today, looked at every {look}."),
        ("In command", "What agencies said of themselves: nobody, one, together, or contested."),
        ("Conflicts", f"As the desk lists them, looked at every {look}; places of units {places}."),
        (
            "Silence",
            "No message for more than 2½ times the agency's own longest usual pause, while this desk was connected.",
        ),
        (
            "Not seen",
            "What share clauses hid, rounded or delayed for an agency that was asked, or worked at the same incident.",
        ),
    ]


def _charts(review: Review, say: Sayer) -> SimpleNamespace:
    drawn = {
        "course": review_charts.course(review, say, _WIDTH),
        "workload": review_charts.workload(review, say, _WIDTH),
        "responses": review_charts.response_times(review, say, _WIDTH),
        "silences": review_charts.silences(review, say, _WIDTH),
    }
    return SimpleNamespace(**{name: review_charts.svg(one) if one is not None else "" for name, one in drawn.items()})


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
