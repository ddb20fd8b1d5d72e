"""`cop export`: write the picture as GeoJSON, KML, KMZ, CSV, GPX or CoT."""

import click


@click.command()
def export() -> None:
    """Write the picture as GeoJSON, KML, KMZ, CSV, GPX or CoT."""
