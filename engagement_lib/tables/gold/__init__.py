"""Gold: facts, dimensions and reports. A table that reads another one imports it."""
