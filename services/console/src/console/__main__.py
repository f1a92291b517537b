"""The command line `hoadon`."""

from console.cli import app
from console.environment import load_environment


def main() -> None:
    """Run one command."""
    load_environment()
    app()


if __name__ == "__main__":
    main()
