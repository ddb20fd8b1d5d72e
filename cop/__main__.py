"""`python -m cop`."""

from cop.cli import main

main()
