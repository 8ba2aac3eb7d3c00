"""Pages for people: files that are complete in themselves and open without a server or a network."""
