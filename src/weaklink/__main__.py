"""``python -m weaklink``: the same program as ``weaklink``."""

from weaklink.cli.app import main

if __name__ == "__main__":
    main()
