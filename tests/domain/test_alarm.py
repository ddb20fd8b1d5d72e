"""Which alerts alarm, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.domain.area import Alert
from cop.domain.rules.alarm import is_severe, phase, severity_rank, tag_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def alert(**fields: object) -> Alert:
    """An alert."""
    return Alert(id="a", at=NOON, event="Flood Warning", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "tag"),
    [
        ("Actual", ""),
        ("actual", ""),
        ("Exercise", "EXERCISE"),
        ("Test", "TEST"),
        ("Draft", "DRAFT"),
        ("System", "SYSTEM"),
    ],
)
def test_that_only_actual_alerts_go_without_a_tag(status: str, tag: str) -> None:
    assert tag_of(alert(status=status), exercise=False) == tag


def test_that_no_status_and_a_strange_one_do_not_alarm() -> None:
    assert tag_of(alert(status=""), exercise=False) == "NO STATUS"
    assert tag_of(alert(status="Real\nenough, " + "x" * 200), exercise=False) == "REAL ENOUGH, XXX"


def test_that_an_actual_alert_said_in_an_exercise_is_tagged_in_live_work() -> None:
    assert tag_of(alert(), exercise=True) == "EXERCISE"


def test_that_a_severity_we_do_not_know_ranks_last_and_is_not_urgent() -> None:
    assert severity_rank(alert(severity="extreme")) == 0
    assert severity_rank(alert(severity="Apocalyptic")) == severity_rank(alert())
    assert is_severe(severity_rank(alert(severity="Severe")))
    assert not is_severe(severity_rank(alert(severity="Moderate")))


def test_that_an_alert_is_coming_then_in_force_then_over() -> None:
    hour = timedelta(hours=1)
    assert phase(NOON + hour, NOON + 2 * hour, NOON) == "coming"
    assert phase(NOON, NOON + hour, NOON) == "now"
    assert phase(None, None, NOON) == "now"
    assert phase(NOON - hour, NOON, NOON) == "over"


def test_that_in_an_exercise_its_own_alerts_alarm_and_tests_and_drafts_do_not() -> None:
    tags = [
        tag_of(alert(status=status), exercise=True, playing=True) for status in ("Exercise", "Actual", "Test", "Draft")
    ]
    assert tags == ["", "", "TEST", "DRAFT"]
