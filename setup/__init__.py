"""What the Makefile runs before its commands; the standard library only, since nothing is installed yet."""
