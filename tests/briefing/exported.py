"""Pictures written as files, for tests: short to say."""

from datetime import datetime
from io import BytesIO
from typing import Any

from cop.briefing.exports import formats, geojson
from cop.briefing.exports.export import Export, Wanted
from cop.briefing.leaving import leaving
from cop.briefing.occasion import Occasion
from cop.domain.desk import Operator
from cop.picture.picture import Picture


def export(
    picture: Picture, at: datetime, *, reader: str = "", own: str = "", wanted: Wanted | None = None, **occasion: Any
) -> Export:
    """What leaves of a picture for a reader."""
    operation = occasion.pop("operation", "")
    of = Occasion(
        operation=operation,
        at=at,
        made_at=at,
        operator=Operator(agency=own, role="commander", name="A. Rivera"),
        reader=reader,
        **occasion,
    )
    leaves = leaving(picture, at, reader=reader, own=own, operation=operation)
    return Export(leaves, of, wanted or Wanted())


def written(what: Export, form: str) -> bytes:
    """A file's bytes."""
    file = BytesIO()
    formats.write(what, form, file)
    return file.getvalue()


def feature_collection(picture: Picture, at: datetime) -> dict[str, Any]:
    """As GeoJSON for anybody."""
    return geojson.feature_collection(export(picture, at))
