"""Everything that changed: landing to gold."""

from engagement_lib.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
