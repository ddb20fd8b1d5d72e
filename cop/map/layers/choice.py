"""What a person may choose about a layer, as data: the layers panel shows it, the settings remember it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several: `values` are (value, words); two of them whose values are "" and "on" are a switch."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]
    chosen: Callable[[], str]
    choose: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of several, all of them at first: `hidden` are those that were switched off."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]
    hidden: Callable[[], frozenset[str]]
    hide: Callable[[frozenset[str]], None]


Choice = OneOf | AnyOf

SWITCH = (("", "Off"), ("on", "On"))
