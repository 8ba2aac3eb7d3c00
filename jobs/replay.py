"""Quarantined records that are valid now, back into the tables."""

from engagement_lib.cli import main

if __name__ == "__main__":
    raise SystemExit(main(replay=True))
