"""`cop brief`: write a briefing map: one HTML page that opens in any browser, without a network."""

import click


@click.command()
def brief() -> None:
    """Write a briefing map: one HTML page that opens in any browser, without a network."""
