"""The data catalogue, with the rows of each table counted."""

from engagement_lib.dashboards.catalogue import main

if __name__ == "__main__":
    raise SystemExit(main())
