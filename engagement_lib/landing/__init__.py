"""Files -> rows: which files have arrived, whether each is fit to be read, and its records as text. Knows no table."""
