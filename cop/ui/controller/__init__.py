"""What the controller of an exercise sees and does."""
