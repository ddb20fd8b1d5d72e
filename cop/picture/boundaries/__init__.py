"""Boundary files of many hands: GeoJSON, shapefiles, KML; what is wrong with them, and what their columns mean."""
