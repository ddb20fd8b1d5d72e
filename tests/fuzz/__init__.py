"""`make fuzz`: what no adapter may do, sought by coverage-guided fuzzing and by messages grown to their limit."""
