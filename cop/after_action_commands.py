"""`cop review`: review an operation or exercise by its record: what was done when, and what was not."""

import click


@click.command()
def review() -> None:
    """Review an operation or exercise by its record: what was done when, and what was not."""
