"""Counts that pages make of tables too big or too private to be carried whole; declared like tables, stored nowhere."""
