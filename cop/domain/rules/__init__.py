"""What is allowed and what follows: pure functions; time is an argument."""
