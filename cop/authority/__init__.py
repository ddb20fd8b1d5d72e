"""Who leads here, and whom may I ask: agreements read and applied to the picture."""
