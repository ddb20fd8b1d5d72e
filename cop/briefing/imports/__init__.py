"""Files that others drew: read without trust in them, made into zones of ours or into jurisdictions."""
