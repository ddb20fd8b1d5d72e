"""What stands on the ICS forms: all of it was said by somebody, and what nobody said stays an empty box."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cop.briefing.forms.filling import FORMS, About, fill, subjects
from cop.briefing.forms.form import Form, Table
from cop.briefing.forms.situation import Situation
from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing.busy_hour import EMS, GASTONIA, PD, RAIL, busy_ground, busy_hour
from tests.briefing.form_text import CHECK_IN, OURS, boxes, ground_of, picture_of, table, texts

TEXTS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>",
    "${7*7}",
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "\u202eevil\x00\x1b[2J",
)


def _one(name: str, ground: Situation, about: About | None = None) -> Form:
    (form,) = fill(name, ground, about=about)
    return form


ABOUT_RAIL = About("incident", *RAIL)


def test_that_every_form_has_the_numbered_blocks_of_its_standard() -> None:
    last = {"201": 10, "202": 8, "203": 9, "204": 9, "205": 6, "206": 8, "209": 53, "211": 17, "213": 10}
    last |= {"213RR": 19, "214": 8, "215": 14, "221": 10}
    assert list(last) == list(FORMS)
    ground = busy_ground()
    for name, highest in last.items():
        form = fill(name, ground)[0]
        words = [number for part in form.parts for number in _numbers(part)]
        words += [one.label.partition(".")[0] for one in form.signatures]
        found = {int(number) for word in words for number in word.split("–") if number.isdigit()}
        missing = set(range(1, highest + 1)) - found
        assert not missing, (name, missing)


def _numbers(part: Any) -> list[str]:
    if isinstance(part, Table):
        return [part.number, *(one.heading.partition(".")[0] for one in part.columns)]
    return [box.number for box in part.boxes] if hasattr(part, "boxes") else [part.number]


def test_that_the_briefing_tells_what_happened_who_commands_and_who_is_there() -> None:
    form = _one("201", busy_ground(), ABOUT_RAIL)
    found = boxes(form)
    assert (found["1"], found["2"]) == ("Derailment", "rail (Charlotte Fire)")
    assert found["3"] == "11/02/2026 05:00 EST (UTC−05:00)"
    assert "14 cars off the rails." in found["5"]
    assert "Leads: Charlotte Fire — Hazmat MOU §3.1" in found["5"]
    assert "Hazard: Chlorine" in found["5"]
    assert "Hot zone 1 km" in found["5"]
    assert "Flood warning (Severe), until 11/02 09:00. Turn around." in found["5"]
    assert "Over by now" not in found["5"]
    assert found["7"] == "1. Fire attack"
    assert found["9"] == "Chief Reyes, Charlotte Fire, since 11/02 07:03"
    (engine, hazmat, medic, teams) = table(form, "10")
    assert engine[:5] == ("Engine", "Engine 30 (Charlotte Fire)", "11/02 07:02", "", "11/02 07:15")
    assert "Declined" in hazmat[5]
    assert "Only team of the county" in hazmat[5]
    assert "Done" in medic[5]
    assert teams[1] == "6 × Evacuation teams (Charlotte Fire)"
    assert "part filled: 4 of 6 promised" in teams[5]
    assert "Liaison Officer" in found
    assert not found["Liaison Officer"]


def test_that_of_the_operation_each_incident_has_its_line_with_who_leads_it() -> None:
    form = _one("201", busy_ground())
    assert boxes(form)["1"] == "Steel Rail"
    rail, bus = table(form, "Situation Summary (each incident)")
    assert rail[0].startswith("Derailment")
    assert rail[3] == "Charlotte Fire — Hazmat MOU §3.1"
    assert (bus[0].splitlines()[0], bus[3]) == ("Bus crash", "")


def test_that_nobody_is_asked_by_a_draft() -> None:
    for name in FORMS:
        for form in fill(name, busy_ground()):
            assert not any("Not asked yet" in text for text in texts(form))


def test_that_the_organization_names_commanders_leads_and_each_agency() -> None:
    form = _one("203", busy_ground())
    assert boxes(form)["3"] == "Derailment: Chief Reyes, Charlotte Fire, since 11/02 07:03"
    divisions = table(form, "Operations Section: Branches and Divisions/Groups (incidents)")
    assert divisions[0][1:] == ("Chief Reyes, Charlotte Fire, since 11/02 07:03", "Charlotte Fire", "Hazmat MOU §3.1")
    representatives = dict(table(form, "4"))
    assert representatives["Charlotte Fire"] == "555-0100\nAmes (Liaison)"
    assert representatives["Gastonia Fire"] == "Chief Dunn"
    assert {row[1] for row in table(form, "5")} == {""}


def test_that_assignments_are_one_form_an_incident_with_open_tasks() -> None:
    (form,) = fill("204", busy_ground())
    assert boxes(form)["Division"] == "Derailment"
    assert boxes(form)["Staging Area"] == "Harlee Avenue"
    ((identifier, leader, persons, contact, remarks),) = table(form, "5")
    assert (identifier, leader, persons, contact) == ("Engine 30, Engine (Charlotte Fire)", "", "4", "TAC 7")
    assert remarks == "On scene since 11/02 07:15"
    assert table(form, "6") == (("Engine 30", "Respond: Fire attack\n☐ Read placards", ""),)
    assert ("Engine 30", "TAC 7") in table(form, "8")
    assert "Hazard: Chlorine" in boxes(form)["7"]


def test_that_the_radio_plan_lists_channels_and_invents_no_frequency() -> None:
    ((*_, function, channel, assignment, rx, rx_tone, tx, tx_tone, mode, remarks),) = table(
        _one("205", busy_ground()), "4"
    )
    assert (function, channel, assignment) == ("Respond", "TAC 7", "Engine 30 (Derailment)")
    assert (rx, rx_tone, tx, tx_tone, mode, remarks) == ("", "", "", "", "", "Charlotte Fire")


def test_that_the_medical_plan_has_beds_as_the_hospital_says_them() -> None:
    form = _one("206", busy_ground())
    ((name, place, *_blank, beds),) = table(form, "5")
    assert name == "Atrium Main (Atrium)"
    assert "35.20000° N 80.84000° W" in place
    assert beds == "Burn beds: 3 of 8 free, available"
    ((service, *_rest),) = table(form, "4")
    assert service == "Mecklenburg EMS: 2 ambulances, ground, 0 available"
    assert boxes(form)["6"] == "Derailment: Two burns"


def test_that_medical_details_stand_on_a_form_only_where_a_clause_shows_them() -> None:
    share = ShareClause(number="5", says="Yes.", giver=OURS, to=(GASTONIA,), details=("medical",))
    paper = Agreement(id="s", title="Share", parties=(OURS, GASTONIA), in_force_from=date(2020, 1, 1), clauses=(share,))
    reports = [*busy_hour(), r.report(OURS, IncidentDetails(id="rail", at=r.at(0), to=GASTONIA, medical="Two burns"))]
    agreements = Agreements([Term(paper, share)])
    for reader, shown in ((GASTONIA, True), (PD, False), ("", False)):
        ground = ground_of(picture_of(reports, agreements), reader=reader)
        forms = [form for name in FORMS for form in fill(name, ground)]
        assert any("Two burns" in text for form in forms for text in texts(form)) is shown


def test_that_a_message_for_others_is_on_no_form_for_this_reader() -> None:
    for reader, shown in ((OURS, True), (GASTONIA, True), (PD, True), (EMS, False), ("", False)):
        form = _one("214", busy_ground(reader=reader))
        assert any("For Gastonia alone" in row[1] for row in table(form, "7")) is shown


def test_that_the_status_summary_counts_who_is_there_and_what_is_lacking() -> None:
    form = _one("209", busy_ground(), ABOUT_RAIL)
    found = boxes(form)
    assert found["4"] == "Chief Reyes, Charlotte Fire, since 11/02 07:03"
    assert found["6"] == "11/02/2026 05:00 EST (UTC−05:00)"
    assert found["9"] == "Hazmat, active, priority 1"
    assert (found["16"], found["17"]) == ("NC", "Gaston County")
    assert found["20"] == "Charlotte Fire — Hazmat MOU §3.1"
    assert found["23"].startswith("17S")
    assert found["47"] == "Gastonia Fire, Hazmat 4, declined (Decon corridor): Only team of the county"
    assert table(form, "48–49") == (("Charlotte Fire", "Engine", "1", "4"),)
    assert (found["51"], found["52"]) == ("4", "1")
    assert dict(table(form, "39"))["12 hours"] == "2 of 6 × Evacuation teams, by 11/02 16:00"
    assert found["53"] == "Charlotte PD, Mecklenburg EMS"
    assert not found["7"]
    assert not found["8"]


def test_that_check_in_lists_each_unit_once_with_its_time_and_type() -> None:
    rows = {row[5]: row for row in table(_one("211", busy_ground()), CHECK_IN)}
    assert set(rows) == {"Engine 30", "Hazmat 4", "Medic 17", "Medic 24"}
    engine = rows["Engine 30"]
    assert (engine[2], engine[3], engine[8], engine[10]) == ("Fire", "Engine", "11/02 07:15", "4")
    assert engine[13 + 2] == "Derailment · Fire attack"
    assert rows["Medic 17"][4] == "Type 1"
    assert rows["Medic 17"][8] == "11/02 07:01*"


def test_that_a_message_is_told_whole_and_a_blank_one_can_be_written() -> None:
    ground = busy_ground()
    found = boxes(_one("213", ground, About("message", OURS, "l1")))
    assert found["2"] == "All agencies"
    assert found["3"] == "Reyes, Incident commander, Charlotte Fire"
    assert (found["1"], found["5"], found["6"]) == ("Derailment", "11/02/2026", "07:16 EST (UTC−05:00)")
    assert found["7"] == "Hot zone set by Battalion 3"
    assert {text for number, text in boxes(_one("213", ground)).items() if number != "1"} == {""}


def test_that_a_resource_request_stands_with_what_was_promised() -> None:
    form = _one("213RR", busy_ground())
    assert table(form, "4") == (("6", "Team", "", "Evacuation teams", "11/02 16:00", "11/02 07:41", ""),)
    found = boxes(form)
    assert (found["3"], found["5"], found["6"]) == ("q1", "Gate 2", "Asked of Charlotte PD")
    assert found["8"] == "☒ Urgent   ☐ Routine   ☐ Low"
    assert found["12"] == "Charlotte PD"
    assert "4 of 6 promised; Charlotte PD en route 4" in found["13"]


def test_that_the_activity_log_is_in_order_of_time_with_reasons() -> None:
    rows = table(_one("214", busy_ground()), "7")
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    told = [row[1] for row in rows]
    assert "Charlotte Fire: asks for Hazmat 4 (Gastonia Fire): Decon corridor" in told
    reason = "Only team of the county"
    assert f"Gastonia Fire: Hazmat 4 declined: Decon corridor, asked by Charlotte Fire — {reason}" in told
    assert "Charlotte Fire: has command (Chief Reyes): Derailment" in told
    assert "Charlotte PD: en route 4: Evacuation teams, for Charlotte Fire" in told
    mine = [row[1] for row in table(_one("214", busy_ground(), About("unit", EMS, "medic-17")), "7")]
    assert len(mine) == 2
    assert all("Medic 17" in one for one in mine)
    assert not any("Bus crash" in row[1] for row in table(_one("214", busy_ground(), ABOUT_RAIL), "7"))


def test_that_the_planning_worksheet_subtracts_what_is_there_from_what_is_required() -> None:
    form = _one("215", busy_ground())
    lines = {row[2].splitlines()[0]: row[4:7] for row in table(form, "Work Assignments and Resources")}
    assert lines == {
        "Fire attack": ("1", "1", "0"),
        "Decon corridor": ("1", "0", "1"),
        "Evacuation teams": ("6", "4", "2"),
    }
    found = boxes(form)
    assert (found["11"], found["12"], found["13"]) == ("8", "5", "3")


def test_that_who_was_released_gets_a_check_out_and_who_is_at_work_none() -> None:
    (form,) = fill("221", busy_ground())
    found = boxes(form)
    assert found["4"] == "Medic 17, Ambulance (Mecklenburg EMS)"
    assert found["Actual Release Date/Time"] == "11/02/2026 07:40 EST (UTC−05:00)"
    assert "Triage: done\n6 carried" in found["7"]


def test_that_a_clock_that_is_hours_off_takes_nothing_from_a_form() -> None:
    def off(report: Report) -> Report:
        body = msgspec.structs.replace(report.body, at=report.body.at + timedelta(hours=30))
        return msgspec.structs.replace(report, body=body, corrected_s=30 * 3600.0)

    reports = [off(one) if one.agency in {EMS, GASTONIA} else one for one in busy_hour()]
    (form,) = fill("221", busy_ground(reports))
    assert boxes(form)["Actual Release Date/Time"] == "11/02/2026 07:40 EST (UTC−05:00)"
    assert set(busy_ground(reports).incidents) == set(busy_ground().incidents)
    rows = [row[0] for row in table(_one("214", busy_ground(reports)), "7")]
    assert rows == [row[0] for row in table(_one("214", busy_ground()), "7")]


def test_that_the_foot_of_a_form_tells_what_it_is_and_of_when() -> None:
    form = _one("202", busy_ground(classification="FOUO", exercise="Drill", past="From the record"))
    assert form.marking == "FOUO"
    assert form.note == "EXERCISE: Drill. From the record. As of 11/02/2026 08:00 EST (UTC−05:00)"
    assert form.signatures[0].name == "Reyes"
    assert form.signatures[0].position == "Incident commander · Charlotte Fire"
    about = _one("202", busy_ground(), ABOUT_RAIL)
    assert about.signatures[1].name == "Chief Reyes"


def test_that_times_say_which_of_two_hours_where_the_clock_is_set_back() -> None:
    night = datetime(2026, 11, 1, 3, tzinfo=UTC)
    entries = [LogEntry(id=f"l{hour}", at=night.replace(hour=hour, minute=30), text=f"at {hour}") for hour in (5, 6)]
    reports = [msgspec.structs.replace(r.report(OURS, one), received_at=one.at) for one in entries]
    ground = ground_of(picture_of(reports), at=night.replace(hour=8), begins=night)
    rows = table(_one("214", ground), "7")
    assert [row[0] for row in rows] == ["11/01 01:30 EDT", "11/01 01:30 EST"]
    assert "(UTC−04:00) to 11/01/2026 10:00 EST (UTC−05:00)" in boxes(_one("202", ground))["2"]


def test_that_an_empty_picture_gives_forms_to_be_filled_in_by_hand() -> None:
    ground = ground_of(Picture())
    for name in FORMS:
        (form,) = fill(name, ground)
        assert form.name == name
        lists = [part for part in form.parts if isinstance(part, Table)]
        assert all(part.rows or part.blank for part in lists), name
        assert not any("None" in text or "{" in text for text in texts(form))


def test_that_the_order_in_which_it_was_said_changes_nothing() -> None:
    reports = busy_hour()
    expected = [fill(name, busy_ground(reports)) for name in FORMS]
    for seed in range(5):
        shuffled = random.Random(seed).sample(reports, len(reports))
        assert [fill(name, busy_ground([*shuffled, *shuffled[:5]])) for name in FORMS] == expected


def _hostile(value: Any, texts_in_turn: Any) -> Any:
    return next(texts_in_turn) if isinstance(value, str) else value


def test_that_hostile_texts_stand_on_forms_as_they_are_without_what_steers_a_screen() -> None:
    turns = itertools.cycle(TEXTS)
    keep = {
        "kind",
        "type",
        "status",
        "state",
        "id",
        "requester",
        "incident",
        "incident_agency",
        "assignee_agency",
        "unit",
        "event",
    }
    keep |= {"severity", "role", "resource", "agency", "availability"}
    reports = []
    for report in busy_hour():
        fields = {name: getattr(report.body, name) for name in report.body.__struct_fields__}
        changed = {name: _hostile(value, turns) for name, value in fields.items() if name not in keep}
        for name in ("hazards", "checklist", "capabilities"):
            if changed.get(name):
                changed[name] = TEXTS
        body = msgspec.structs.replace(report.body, **{k: v for k, v in changed.items() if v != fields[k]})
        reports.append(msgspec.structs.replace(report, body=body))
    ground = busy_ground(reports, classification=TEXTS[5])
    written = [text for name in FORMS for form in fill(name, ground) for text in texts(form)]
    assert any("<img src=x onerror=alert(1)>" in text for text in written)
    assert all(character.isprintable() or character == "\n" for text in written for character in text)
    for name in FORMS:
        assert all("\n" not in words for _about, words in subjects(name, ground))


def test_that_a_form_can_be_made_of_all_that_its_list_offers() -> None:
    ground = busy_ground()
    for name in FORMS:
        for about, words in subjects(name, ground):
            assert words
            assert fill(name, ground, about=about)


@pytest.mark.parametrize(
    ("name", "about", "words"),
    [
        ("299", None, "no form"),
        ("202", About("unit", EMS, "medic-17"), "not of one unit"),
        ("213", About("message", OURS, "none"), "no message"),
        ("213RR", About("request", OURS, "none"), "no request"),
        ("201", About("incident", OURS, "none"), "no incident"),
    ],
)
def test_that_what_cannot_be_filled_is_refused_in_words(name: str, about: About | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fill(name, busy_ground(), about=about)


def test_that_a_form_is_found_as_people_write_its_name() -> None:
    ground = busy_ground()
    assert fill("ics 213rr", ground) == fill("213RR", ground)
    assert fill("ICS-201", ground) == fill("201", ground)
