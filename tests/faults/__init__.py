"""What goes wrong in the field, done on purpose: each fault is a test, and a row of `docs/reliability.md`."""
