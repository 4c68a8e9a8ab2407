"""The PostgreSQL of the tests is the one that `aisle bench faults` starts."""

from simulators.postgres import PostgresServer

__all__ = ["PostgresServer"]
