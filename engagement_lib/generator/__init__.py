"""Sample data of any size with a known truth: seeded, streamed to disk day by day, without Spark."""
