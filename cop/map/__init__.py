"""The map view: projection, tiles, one file per layer, symbols, tools."""
