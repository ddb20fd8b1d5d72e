"""What lies on the map, one file a layer, the lowest first: tiles, basemap, jurisdictions, zones, units, …"""
