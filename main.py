"""Start the command line."""

from cop.cli import main

if __name__ == "__main__":
    main()
