"""The schemas in docs/schema are those of the code, and say what the decoder says."""

import json
from pathlib import Path

import jsonschema
import pytest

from cop.feeds.adapters.cop_json import encode
from cop.feeds.schemas import schemas
from tests.reports import answer, incident, resource, task, unit

_FOLDER = Path(__file__).parents[2] / "docs" / "schema"


def test_that_the_schemas_in_the_docs_are_the_codes_own() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in _FOLDER.glob("*.json")}
    assert written == schemas(), "run: cop schema docs/schema"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("unit", unit("u1", crew=3)),
        ("incident", incident("i1", lat=35.2, lon=-80.9)),
        ("resource", resource("r1", quantity=3)),
        ("task", task("t1")),
        ("answer", answer("t1", "accepted", eta_s=60)),
    ],
)
def test_that_what_we_say_fits_our_schema(kind: str, body: object) -> None:
    schema = json.loads(schemas()[f"{kind}.json"])
    jsonschema.validate(json.loads(encode(body)), schema)  # type: ignore[arg-type]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": "x/y"}, schema)
