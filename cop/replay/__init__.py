"""The past from the journal: the same messages through the same steps, at any moment and pace."""
