"""What we believe now: columns of tracks, tables of the rest, spatial queries."""
