"""A review on paper: the same figures and charts as the page, first what was reached, then the rest."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Spacer

from cop.briefing import paper, review_charts
from cop.briefing.occasion import Occasion
from cop.briefing.paper import PaperSize, Section, foot_line, marks_of
from cop.briefing.review_leaving import Told
from cop.briefing.review_page import UNSEEN, definitions, exercise_clock, paced, tally, tiles
from cop.briefing.review_words import Sayer, findings, more_records, records_words
from cop.briefing.ruled import Boxes, Cell, Listing, Words
from cop.exercise.review.figures import AgencyTimes, Led, Reached, Response, Review, Spell, Stood, Supply, Times, Unseen
from cop.exercise.review.figures import Told as Moment
from cop.exercise.review.pace import ExerciseTime
from cop.journal.moments import iso

_SOFT, _MET, _NOT, _OPEN = HexColor("#4a545e"), HexColor("#00664a"), HexColor("#a3241b"), HexColor("#6b5200")
#: lines of the timeline and of the index that are printed; the page has more of them
_MOST_LINES, _MOST_INDEX = 600, 1_500
_SMALL = 7.5
#: what fits below the objectives
_FOUND = 8
#: headings of the lists, and their shares of the width
_OF_AGENCIES = (
    ("Agency", 2.6),
    ("Asked", 1.3),
    ("To answer", 3.2),
    ("To en route", 3.2),
    ("To scene", 3.2),
    ("Declined", 0.9),
    ("Late", 0.7),
    ("No answer", 0.9),
)
_OF_RESPONSES = (
    ("Asked", 1.3),
    ("Who asked whom", 3.0),
    ("For what", 2.6),
    ("Answer", 3.2),
    ("After", 1.7),
    ("En route", 1.7),
    ("On scene", 1.7),
)
_OF_SUPPLIES = (
    ("Asked", 1.3),
    ("By", 2.0),
    ("What", 3.0),
    ("Wanted", 0.8),
    ("Promised", 0.9),
    ("Delivered", 0.9),
    ("First offer", 1.3),
    ("First delivery", 1.3),
    ("Who gave", 3.0),
)
_OF_LEADS = (
    ("Incident", 2.4),
    ("Open", 1.8),
    ("No lead", 1.0),
    ("Two leads", 1.0),
    ("No command", 1.1),
    ("Two in command", 1.1),
    ("Who led, by the agreements", 3.6),
    ("In command, by their words", 3.6),
)


def as_paper(told: Told, occasion: Occasion, *, size: PaperSize = "letter", zone: tzinfo | None = None) -> bytes:
    """The PDF; times of day in `zone`, without one in that of this computer."""
    review = told.review
    say = Sayer(review, zone)
    title = review.title or review.operation
    made = f"Made {occasion.made_at.astimezone(zone):%d %b %Y %H:%M}"
    foot = foot_line(f"After-action review · {title}", right=made)
    marks = marks_of(occasion)
    # sections know their width; their stories are drawn to it
    width = Section((), marks, size).width
    sections = [
        Section(_first(told, say, occasion), marks, size, foot=foot, title="What was reached"),
        Section(_course(review, say, width), marks, size, foot=foot, title="How it went"),
        Section(_lists(review, say), marks, size, landscape=True, foot=foot, title="Figures"),
        Section(_timeline(review, say), marks, size, foot=foot, title="Timeline"),
        Section(_how(review, say), marks, size, foot=foot, title="How each number was found"),
    ]
    author = say.agency(review.agency)
    return paper.pdf(sections, title=f"After-action review · {title}", author=author, made_at=occasion.made_at)


def _first(told: Told, say: Sayer, occasion: Occasion) -> list[Flowable]:
    review = told.review
    story: list[Flowable] = [
        Words("After-action review", 11, colour=_SOFT, after=2),
        Words(review.title or review.operation, 22, bold=True, after=4),
        Words(say.from_to(review.begins, review.ends), 10, after=2),
        Words(
            f"By the record of {say.agency(review.agency)}, desk {review.desk or '—'}: {review.records:,} records. "
            f"{paced(review)}",
            8.5,
            colour=_SOFT,
            after=2,
        ),
    ]
    if not told.whole:
        held = f"; kept back: {', '.join(told.kept_back)}" if told.kept_back else ""
        reader = say.agency(told.reader) if told.reader else "anybody"
        story.append(Words(f"For {reader}, as far as the share clauses allow{held}.", 8.5, colour=_SOFT, after=2))
    story.append(Spacer(0, 8))
    if review.objectives:
        count = tally(review)
        words = f"{count.met} of {len(review.objectives)} objectives met, {count.not_met} not met"
        words += f", {count.open} cannot be told" if count.open else ""
        story.append(Words(words, 15, bold=True, after=6))
        for one in review.objectives:
            story += _objective(say, one)
    else:
        what = "exercise" if review.exercise else "operation"
        story.append(Words(f"No objectives are set for this {what}: these are its figures.", 11, after=6))
    story.append(Spacer(0, 6))
    figures = tiles(review)
    for row in (figures[:3], figures[3:]):
        if row:
            story.append(
                Boxes([Cell(f"{one.words}{_records(one.records, 3)}", one.value, bold=True) for one in row], 12)
            )
    found = findings(review, say)[:_FOUND]
    if found:
        story += [Spacer(0, 10), Words("What stood out", 12, bold=True, after=4, with_next=True)]
        story += [Words(f"•  {one.words}{_records(one.records)}", 9, after=3) for one in found]
    return story


def _objective(say: Sayer, one: Reached) -> list[Flowable]:
    mark, colour = {True: ("✓ Met", _MET), False: ("✗ Not met", _NOT)}.get(one.met, ("? Cannot tell", _OPEN))  # type: ignore[arg-type]  # None is neither
    return [
        Words(f"{mark}:  {one.objective.text}", 10, bold=True, colour=colour, after=1, with_next=True),
        Words(f"{one.why}{_records(one.records) or _counted(say, one)}", 8.5, colour=_SOFT, after=6),
    ]


def _counted(say: Sayer, one: Reached) -> str:
    """From when on nothing of it was found."""
    return f"; counted from {_at(say, one.counts_from)}" if one.counts_from is not None else ""


def _course(review: Review, say: Sayer, width: float) -> list[Flowable]:
    story: list[Flowable] = []
    for words, drawing in (
        ("Incidents and tasks", review_charts.course(review, say, width)),
        ("Workload", review_charts.workload(review, say, width)),
        ("From a request to the scene, by agency", review_charts.response_times(review, say, width)),
        ("Who was silent", review_charts.silences(review, say, width)),
    ):
        if drawing is not None:
            story += [Words(words, 12, bold=True, after=4, with_next=True), drawing, Spacer(0, 12)]
    return story or [Words("There is nothing to draw.", 10)]


def _lists(review: Review, say: Sayer) -> list[Flowable]:
    story: list[Flowable] = [
        *_list(
            "By agency: median · 90th percentile · slowest",
            _OF_AGENCIES,
            [_agency_row(say, one) for one in review.agencies],
        ),
        *_list(
            "Every request and task",
            _OF_RESPONSES,
            [_response_row(say, one) for one in review.responses],
        ),
        *_list(
            "Requests for resources",
            _OF_SUPPLIES,
            [_supply_row(say, one) for one in review.supplies],
        ),
        *_list(
            "Who led, and who was in command",
            _OF_LEADS,
            [_led_row(say, one) for one in review.led],
        ),
        *_list(
            "Conflicts, and how long they stood",
            (("Since", 1.3), ("Stood", 1.2), ("What", 5.0), ("To be settled by", 1.8), ("How it ended", 3.2)),
            [_conflict_row(say, one) for one in review.conflicts],
        ),
        *_list(
            "Silences",
            (("From", 1.4), ("For", 1.0), ("Agency", 2.4), ("Feed", 2.4), ("Usual longest pause", 1.2), ("Until", 1.4)),
            [
                (
                    _at(say, one.begins),
                    say.duration(one.real_s),
                    say.agency(one.agency),
                    one.feed,
                    say.duration(one.usual_gap_s),
                    _at(say, one.ends) if one.ends is not None else "the end",
                )
                for one in review.silences
            ],
        ),
    ]
    for kind, words in UNSEEN:
        mine = [one for one in review.unseen if one.kind == kind]
        if mine:
            story += _list(
                f"Who could not see what they needed: {words.lower()}",
                (("Who", 2.2), ("What", 4.0), ("Of whom", 2.0), ("Incident", 2.2), ("Why", 2.6), ("For", 1.0)),
                [_unseen_row(say, one) for one in mine],
            )
    return story


def _list(title: str, headings: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]]) -> list[Flowable]:
    if not rows:
        return [Words(f"{title}: none.", 9, after=8)]
    return [Listing(title, headings, rows, size=_SMALL), Spacer(0, 10)]


def _agency_row(say: Sayer, one: AgencyTimes) -> tuple[str, ...]:
    own = f"\nand {one.own_tasks} own" if one.own_tasks else ""
    by_clause = f"\n{len(one.by_clause)} by agreement" if one.by_clause else ""
    times = [_times(say, each) for each in (one.to_answer, one.to_en_route, one.to_on_scene)]
    counts = [str(len(each) or "—") for each in (one.declined, one.expired, one.unanswered)]
    return (f"{one.name}{own}", f"{one.requests}{by_clause}", *times, *counts)


def _times(say: Sayer, times: Times) -> str:
    if not times.count:
        return "—"
    words = say.times(times)
    if times.count == 1:
        return f"{words.slowest}{_records(times.records)}"
    return f"{words.median} · {words.p90} · {words.slowest}\nof {times.count}{_records(times.records)}"


def _response_row(say: Sayer, one: Response) -> tuple[str, ...]:
    who = (
        f"{say.agency(one.asker)} → {say.agency(one.owner)}" if one.requested else f"{say.agency(one.owner)}, own unit"
    )
    said = "".join(f"\n{words}{_records((record,))}" for words, record in say.reasons(one))
    answer = f"{say.answer(one) if one.requested else '—'}{said}"
    after = "—"
    if one.requested and one.answered is not None and not one.by_clause:
        after = _lasted(say, one.to_answer_s, one.asked, one.answered)
    elif one.unanswered:
        after = f"waited {say.duration(one.waited_s)}"
    return (
        _at(say, one.asked),
        f"{who}\n{say.unit(one)}",
        f"{one.objective}\n{say.incident(one.incident)}",
        answer,
        after,
        _lasted(say, one.to_en_route_s, one.asked, one.en_route),
        _lasted(say, one.to_on_scene_s, one.asked, one.on_scene),
    )


def _supply_row(say: Sayer, one: Supply) -> tuple[str, ...]:
    gave = "\n".join(
        f"{say.agency(each.agency)}: {each.state.replace('_', ' ')} {each.quantity}"
        f"{f' – {each.reason}' if each.reason else ''}"
        for each in one.given
    )
    return (
        _at(say, one.asked),
        say.agency(one.asker),
        one.what,
        str(one.wanted),
        str(one.promised),
        str(one.delivered),
        _lasted(say, one.to_offer_s, one.asked, one.offered),
        _lasted(say, one.to_delivery_s, one.asked, one.arrived),
        gave or "nobody",
    )


def _led_row(say: Sayer, one: Led) -> tuple[str, ...]:
    sums = (one.no_lead_s, one.two_leads_s, one.no_command_s, one.two_commands_s)
    return (
        f"{one.title}\n{say.agency(one.agency)}",
        f"{_at(say, one.known)}\nto {_at(say, one.over) if one.over is not None else 'the end'}",
        *(say.duration(seconds) if seconds else "none" for seconds in sums),
        _spells(say, one.leads),
        _spells(say, one.commands),
    )


def _spells(say: Sayer, spells: Iterable[Spell]) -> str:
    lines = [f"{say.spell(one)}{f' – {one.why}' if one.why else ''}{_records((one.begins.record,))}" for one in spells]
    return "\n".join(lines) or "—"


def _conflict_row(say: Sayer, one: Stood) -> tuple[str, ...]:
    ended = "still open at the end"
    if one.ends is not None:
        ended = f"{one.ended_by or 'by the clock, or by where units went'}\n{_at(say, one.ends)}"
    return (
        _at(say, one.begins),
        f"{say.duration(one.seconds)}{'' if one.ends is not None else ' and on'}",
        f"{say.conflict(one.kind)}\n{one.words}",
        say.agency(one.owner),
        ended,
    )


def _unseen_row(say: Sayer, one: Unseen) -> tuple[str, ...]:
    many = f" ({one.count:,} times)" if one.count > 1 else ""
    return (
        say.agency(one.agency) if one.agency else "this desk",
        f"{one.what}{many}{_records(one.records)}",
        say.agency(one.of) if one.of else "—",
        say.incident(one.incident),
        one.clause or "—",
        say.duration(one.seconds),
    )


def _timeline(review: Review, say: Sayer) -> list[Flowable]:
    time = ExerciseTime(review.paces)
    exercise = bool(review.exercise)
    headings: list[tuple[str, float]] = [("Time", 1.2), *([("Exercise", 1.1)] if exercise else []), ("What", 8.0)]
    rows = [
        (
            say.time(one.at),
            *([exercise_clock(time, one.at)] if exercise else []),
            one.words,
            ", ".join(f"{number:,}" for number in one.records) or "by the clock",
        )
        for one in review.timeline[:_MOST_LINES]
    ]
    more = len(review.timeline) - _MOST_LINES
    story = _list("What happened, in order", (*headings, ("Record", 1.2)), rows)
    return [*story, Words(f"{more:,} more lines are on the page.", 9)] if more > 0 else story


def _how(review: Review, say: Sayer) -> list[Flowable]:
    story: list[Flowable] = [
        Words("How each number was found", 14, bold=True, after=6),
        Words(
            "Every figure names the records it comes from. A record is one message as this desk heard or said it, "
            "unchanged; its number counts from 1 on, without a gap. To see one, take its time of receipt from the list "
            "below: cop journal export FOLDER --from TIME --to TIME --format json",
            9,
            after=8,
        ),
        Listing("", (("Word", 2.0), ("What it means here", 8.0)), definitions(review)),
        Spacer(0, 10),
        Words("What this record cannot tell", 12, bold=True, after=4, with_next=True),
    ]
    for one in review.cannot_tell:
        when = ""
        if one.begins is not None:
            until = f" to {say.time(one.ends)}" if one.ends is not None and one.ends != one.begins else ""
            when = f"{say.time(one.begins)}{until}: "
        story.append(Words(f"•  {when}{one.words}{_records(one.records)}", 9, after=3))
    named = review.index[:_MOST_INDEX]
    if named:
        rows = [
            (f"{one.record:,}", iso(one.at.timestamp()), one.kind, say.agency(one.agency) if one.agency else "—")
            for one in named
        ]
        headings = (("Record", 1.0), ("Received", 3.0), ("Kind", 1.4), ("Agency", 3.0))
        story += [Spacer(0, 10), *_list("The records that are named here", headings, rows)]
    if len(review.index) > len(named):
        story.append(Words(f"{len(review.index) - len(named):,} more are on the page.", 9))
    story.append(Words(f"Times of day are {say.zone_words}.", 9, colour=_SOFT))
    return story


def _at(say: Sayer, told: Moment | None) -> str:
    return f"{say.told(told)}{_records((told.record,))}" if told is not None else "—"


def _lasted(say: Sayer, seconds: float | None, begins: Moment, ends: Moment | None) -> str:
    if seconds is None or ends is None:
        return "—"
    return f"{say.duration(seconds, ends)}{_records((begins.record, ends.record))}"


def _records(records: Iterable[int], most: int = 0) -> str:
    """The records beside a figure: " (record 12 · 1,345)"; where that is not 0, the first `most` of them."""
    every = tuple(records)
    named = records_words(every)
    if not named:
        return ""
    more = more_records(every)
    if most and len(named) > most:
        named, more = named[:most], more + len(named) - most
    rest = f" and {more:,} more" if more else ""
    return f" (record {' · '.join(f'{one:,}' for one in named)}{rest})"
