"""After-action review in figures: what a record tells of who asked, answered, came, led, and was silent. No Qt."""
