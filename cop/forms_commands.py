"""`cop forms`: fill an ICS form from the record and write it as PDF or HTML."""

import click


@click.command()
def forms() -> None:
    """Fill an ICS form from the record and write it as PDF or HTML."""
