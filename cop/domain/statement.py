"""What every payload says about itself: which object, when, which revision, by whom."""

from datetime import datetime
from typing import Annotated

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 time with its offset; kept as aware UTC")]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90, description="degrees north, WGS 84")]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180, description="degrees east, WGS 84")]
Identifier = Annotated[
    str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^/+#\x00-\x1f]+$", description="the last topic level")
]
ShortText = Annotated[str, msgspec.Meta(max_length=256)]
LongText = Annotated[str, msgspec.Meta(max_length=65_536)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Statement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="report"):
    """The head of every object on the wire (`docs/formats/cop-json.md`).

    `at` is the sender's time. `rev` grows with each change of the object; the higher one wins. `by` names the operator
    who said it, `role` what that operator is (`cop.domain.words.ROLES`), `agency` for whom: it must be the one whose
    part of the tree it stands in.
    """

    id: Identifier
    at: Moment
    rev: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    by: ShortText = ""
    role: ShortText = ""
    agency: ShortText = ""
    deleted: bool = False
    signature: str | None = None
