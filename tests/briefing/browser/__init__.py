"""What leaves the app, opened as its reader opens it: in a real browser, with no network."""
