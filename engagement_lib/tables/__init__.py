"""The tables of the lake, one module each; `catalogue` finds them without starting Spark."""
