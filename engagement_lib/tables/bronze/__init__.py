"""Bronze: the records of each source as text, nothing added but where they came from."""
