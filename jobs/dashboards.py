"""The pages of the tables as they are, without a run."""

from engagement_lib.dashboards.job import main

if __name__ == "__main__":
    raise SystemExit(main())
