"""Everything said, in order."""
