"""Forms of a recorded exercise, held against its raw messages: nothing said is lost, nothing is made up."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cop.briefing.forms.filling import FORMS, About, fill
from cop.briefing.forms.periods import chosen
from cop.briefing.forms.said import said_in
from cop.briefing.forms.situation import Situation
from cop.exercise.feeds import feeds
from cop.exercise.scenario import load_scenario
from cop.exercise.simulation import Simulation
from cop.feeds.topics import exercise_root
from cop.replay.recall import Recall
from tests.briefing.form_text import EAST, boxes, ground_of, table, texts
from tests.replay.stage import NOON, OPERATION, Stage

_SECONDS = 480.0


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Situation, list[tuple[str, dict[str, Any]]]]:
    """Eight minutes of Steel Rail on record, without places of units; and what was said of it in our own format."""
    folder: Path = tmp_path_factory.mktemp("exercise")
    scenario = load_scenario("steel-rail")
    stage = Stage(folder, feeds(scenario), root=exercise_root("steel-rail"))
    said = []
    for one in Simulation(scenario, base=datetime.fromtimestamp(NOON, UTC)).until(_SECONDS):
        level = one.topic.removeprefix(f"{stage.root}/").split("/")
        if level[1] == "position" or "position" in level:
            continue
        stage.now = max(stage.now, NOON + one.t)
        stage.hear(one.topic, one.payload)
        if level[1] in {"log", "request", "task", "answer", "unit"}:
            said.append((level[1], {"from": level[0], **json.loads(one.payload)}))
    stage.stopped()
    recall = Recall(folder, OPERATION)
    first, last = (datetime.fromtimestamp(at, UTC) for at in (recall.record.first_at, recall.record.last_at))
    period = chosen(first, last, zone=EAST)
    picture = recall.picture(recall.record.last_at)
    words = said_in(recall, period.begins, period.ends)
    return ground_of(picture, at=last, begins=period.begins, said=words, operation=scenario.title), said


def test_that_every_log_line_stands_in_the_activity_log(played: tuple[Situation, list[Any]]) -> None:
    ground, said = played
    rows = "\n".join(row[1] for row in table(fill("214", ground)[0], "7"))
    lines = [body["text"] for kind, body in said if kind == "log"]
    assert len(lines) > 5
    assert all(line in rows for line in lines)


def test_that_every_reason_of_a_decline_is_told(played: tuple[Situation, list[Any]]) -> None:
    ground, said = played
    rows = "\n".join(row[1] for row in table(fill("214", ground)[0], "7"))
    reasons = [body["reason"] for kind, body in said if kind == "answer" and body["state"] == "declined"]
    assert reasons
    assert all(reason in rows for reason in reasons)


def test_that_there_is_one_order_for_each_request(played: tuple[Situation, list[Any]]) -> None:
    ground, said = played
    asked = {body["id"]: body for kind, body in said if kind == "request"}
    orders = {boxes(form)["3"]: table(form, "4")[0] for form in fill("213RR", ground)}
    assert {key: (order[0], order[3]) for key, order in orders.items()} == {
        key: (str(body.get("quantity", 1)), body["what"]) for key, body in asked.items()
    }


def test_that_each_unit_that_came_is_on_the_check_in_list(played: tuple[Situation, list[Any]]) -> None:
    ground, said = played
    tasks = {(body["from"], body["id"]): body for kind, body in said if kind == "task"}
    came = {
        tasks[(body["requester"], body["id"])]["unit"]
        for kind, body in said
        if kind == "answer" and body["state"] == "on_scene" and (body["requester"], body["id"]) in tasks
    }
    names = {body["id"]: body["callsign"] for kind, body in said if kind == "unit"}
    (form,) = fill("211", ground)
    listed = {row[5] for part in form.parts if hasattr(part, "rows") for row in part.rows}
    assert came
    assert {names[unit] for unit in came & set(names)} <= listed  # of other formats we read no callsign here


def test_that_every_form_can_be_filled_for_the_exercise_and_for_each_incident(
    played: tuple[Situation, list[Any]],
) -> None:
    ground, _said = played
    for name, kind in FORMS.items():
        abouts = [About("incident", *key) for key in ground.incidents] if "incident" in kind.about else []
        for about in (None, *abouts):
            for form in fill(name, ground, about=about):
                assert all(isinstance(text, str) and "None" not in text for text in texts(form))
