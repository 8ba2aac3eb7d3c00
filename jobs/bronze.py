"""The bronze layer on its own, for a scheduler."""

from engagement_lib.cli import main

if __name__ == "__main__":
    raise SystemExit(main(layer="bronze"))
