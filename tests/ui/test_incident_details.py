"""Medical and personal details: written at our own incidents, read by those alone whom a clause names, taken back."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.batch import Batch
from cop.domain.consent import Consent, consent_id
from cop.domain.desk import Command, Operator
from cop.domain.details import IncidentDetails
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.details_section import DetailsSection
from cop.ui.dialogs.incident_details import IncidentDetailsDialog
from tests import reports as r
from tests.ui.conftest import Clock

OWN = "charlotte-fire"
INCIDENT = (OWN, "rail-1")


def _agreements() -> Agreements:
    clause = ShareClause(number="2.1", says="As written.", giver=OWN, to=("medical-center",), details=("medical",))
    agreement = Agreement(
        id="sharing", title="Sharing", parties=(OWN, "medical-center"), in_force_from=date(2020, 1, 1)
    )
    return Agreements([Term(agreement, clause)])


def _desk(agency: str, sent: list[Command], ground: Ground, clock: Clock, role: str = "commander") -> Desk:
    picture = Picture(agreements=_agreements())
    desk = Desk(Operator(agency=agency, role=role, name="A. Rivera"), picture, ground, sent.append, now=clock)
    told = r.report(OWN, r.incident("rail-1", type="hazmat", lat=35.2425, lon=-80.953))
    desk.take_in(Batch(epoch=1, reports=[told]))
    return desk


@pytest.fixture
def desk(sent: list[Command], ground: Ground, clock: Clock) -> Desk:
    return _desk(OWN, sent, ground, clock)


def _bodies(command: Command) -> dict[str, IncidentDetails]:
    return {body.to: body for body in command.bodies if isinstance(body, IncidentDetails)}


def test_that_details_go_to_ourselves_and_to_those_alone_whom_a_clause_names(
    desk: Desk, sent: list[Command], qtbot: QtBot
) -> None:
    dialog = IncidentDetailsDialog(desk, INCIDENT)
    qtbot.addWidget(dialog)
    dialog.open()
    QTest.keyClicks(dialog.medical, "Two red, chlorine")
    QTest.keyClicks(dialog.personal, "Caller 704 555 0100")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    [command] = sent
    told = _bodies(command)
    assert set(told) == {OWN, "medical-center"}
    assert (told[OWN].medical, told[OWN].personal) == ("Two red, chlorine", "Caller 704 555 0100")
    shown = told["medical-center"]
    assert (shown.medical, shown.personal, shown.under) == ("Two red, chlorine", "", ("Sharing §2.1",))


def test_that_the_page_says_who_reads_them_and_nobody_else_can_write_them(
    desk: Desk, sent: list[Command], ground: Ground, clock: Clock, qtbot: QtBot
) -> None:
    desk.details.tell(INCIDENT, medical="Two red", personal="")
    section = DetailsSection(desk)
    qtbot.addWidget(section)
    section.show()
    section.say(desk.picture.incidents[INCIDENT])
    assert section.medical.text() == "Medical: Two red"
    assert "medical-center" in section.shown.text().lower() or "Medical Center" in section.shown.text()
    other = _desk("medical-center", [], ground, clock)
    told = _bodies(sent[0])["medical-center"]
    other.take_in(Batch(epoch=1, reports=[r.report(OWN, told)]))
    theirs = DetailsSection(other)
    qtbot.addWidget(theirs)
    theirs.show()
    theirs.say(other.picture.incidents[INCIDENT])
    assert theirs.medical.text() == "Medical: Two red"
    assert "Sharing §2.1" in theirs.shown.text()
    assert not theirs.write.isVisible()
    refusal = other.details.tell(INCIDENT, medical="x", personal="")
    assert refusal is not None
    assert "only they" in refusal.reason


def test_that_who_may_no_longer_read_them_has_its_copy_taken_back(desk: Desk, sent: list[Command]) -> None:
    desk.details.tell(INCIDENT, medical="Two red", personal="")
    word = Consent(
        id=consent_id("sharing", "2.1"),
        at=r.at(1),
        rev=1,
        agreement="sharing",
        clause="2.1",
        state="withdrawn",
        withdrawn_at=r.at(-1),
    )
    desk.take_in(Batch(epoch=1, reports=[r.report(OWN, word)]))
    told = _bodies(sent[-1])
    assert told["medical-center"].deleted
    assert told["medical-center"].medical == ""
    assert told[OWN].medical == "Two red"
    assert desk.details.readers(INCIDENT) == []


def test_that_markup_in_details_stays_text(desk: Desk, qtbot: QtBot) -> None:
    desk.details.tell(INCIDENT, medical="<img src=x onerror=alert(1)>", personal="")
    section = DetailsSection(desk)
    qtbot.addWidget(section)
    section.say(desk.picture.incidents[INCIDENT])
    assert "<img" in section.medical.text()
    assert section.medical.textFormat() == Qt.TextFormat.PlainText
