"""Background maps: how each kind is read, fetched or rendered, always away from the thread of the screen."""
