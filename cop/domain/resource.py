"""What an agency can commit: a unit, a team, beds, a bus."""

from cop.domain.statement import Count, Latitude, Longitude, LongText, Moment, ShortText, Statement


class Resource(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="resource"):
    """A resource and what its owner can give of it: topic `resource/<resource>`.

    `quantity` is how many there are, `available` how many can be asked for now, until `until`.
    """

    name: ShortText
    kind: ShortText = "unknown"
    nims_type: ShortText = ""
    quantity: Count = 1
    available: Count = 1
    availability: ShortText = "unknown"
    until: Moment | None = None
    conditions: LongText = ""
    unit: ShortText = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
