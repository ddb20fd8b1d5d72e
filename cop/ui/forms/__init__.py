"""Forms of the Incident Command System: filled, looked at as they will be printed, edited, and handed out."""
