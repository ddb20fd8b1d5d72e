"""COP: a real-time common operating picture for emergency operations centres."""

__version__ = "0.1.0"
