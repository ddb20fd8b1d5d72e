"""Windows, docks, table models, dialogs, theme."""
