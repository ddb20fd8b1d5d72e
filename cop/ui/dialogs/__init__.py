"""One dialog an action: open an incident, ask for a unit, decline, mark a resource, write in the log."""
