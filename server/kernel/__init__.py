"""Database, outbox, jobs, clock, ids, errors and settings: no warehouse words."""
