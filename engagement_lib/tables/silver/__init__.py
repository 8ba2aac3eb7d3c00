"""Silver: typed, judged and unique. What was put aside stays visible beside it."""
