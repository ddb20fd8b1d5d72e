"""What an exercise is to show: objectives with targets that can be measured on the record, and on nothing else."""

from typing import Annotated, Literal

import msgspec

Measure = Literal[
    "on_scene",  # so many units of these kinds, capabilities or agencies said they were on scene
    "tasked",  # so many were asked for
    "answered",  # no request to an agency waited longer for its answer
    "requested",  # resources of a kind were requested
    "delivered",  # so many of what was requested were delivered
    "lead",  # the incident had no lead, or two, or two that claimed command, for no longer
    "command",  # somebody had taken command of the incident
    "zone",  # a zone of a kind was drawn for the incident
    "warned",  # the public was warned
    "available",  # so many of a kind of resource were said to be available
    "linked",  # two incidents were found to be one
    "status",  # the incident had come to this status
    "conflicts",  # no conflict between agencies stood longer
]


class Objective(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One objective, to be reached `within_s` simulated seconds.

    They count from `after` (the id of an inject), else from the incident's opening, else from the start. What is left
    empty is not asked for; `incident` is the id of one of the exercise's incidents, `what` a word of what is requested.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    text: str
    measure: Measure
    within_s: Annotated[float, msgspec.Meta(gt=0)]
    incident: str = ""
    after: str = ""
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    kinds: tuple[str, ...] = ()
    what: str = ""
    capabilities: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    status: str = ""
