"""Embedded broker, scenarios, simulated agencies."""
