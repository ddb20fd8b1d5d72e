"""The one error of the set-up."""


class SetupError(Exception):
    """Something the commands need cannot be had here; the message says what to do."""
