"""What a database's tables really are, whichever way they came to be so: columns, rules, indexes and triggers, without their sequence."""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, create_engine, text

Shape = dict[str, set[str]]
"""By table what it has, each said in a line."""
_COLUMNS = text("SELECT table_name, column_name || ' ' || data_type || ' ' || COALESCE(character_maximum_length, 0) || ' ' || is_nullable || ' ' || "
                "COALESCE(column_default, '') || ' ' || is_identity FROM information_schema.columns WHERE table_schema = 'public'")
_CONSTRAINTS = text("SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
_INDEXES = text("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
_TRIGGERS = text("SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
_MASTER = text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
_CHECK = re.compile(r"(?:CONSTRAINT (\w+) )?CHECK \(")


def shape_of(url: str) -> Shape:
    """Of the database at an address."""
    engine = create_engine(url)
    found = Shape()
    with engine.connect() as connection:
        for table, line in _lines_of_sqlite(connection) if engine.dialect.name == "sqlite" else _lines_of_postgres(connection):
            found.setdefault(table, set()).add(line)
    engine.dispose()
    return found


def differences(one: Shape, other: Shape) -> dict[str, tuple[list[str], list[str]]]:
    """By table what only the one has and what only the other."""
    return {table: (sorted(one.get(table, set()) - other.get(table, set())), sorted(other.get(table, set()) - one.get(table, set())))
            for table in sorted(one.keys() | other.keys()) if one.get(table) != other.get(table)}


def _lines_of_postgres(connection: Connection) -> Iterator[tuple[str, str]]:
    for statement in (_COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS):
        yield from ((str(table), str(line)) for table, line in connection.execute(statement))


def _lines_of_sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    for kind, name, table, sql in connection.execute(_MASTER):
        if kind != "table":
            yield table, f"{kind} {name} {_plain(sql)}"
            continue
        yield from ((name, f"check {line}") for line in _checks(sql))
        for what in ("table_xinfo", "foreign_key_list", "index_list"):
            yield from ((name, f"{what} {line}") for line in _told(connection, what, name))


def _told(connection: Connection, what: str, table: str) -> Iterator[str]:
    """What SQLite tells of a table, without the numbers that it gave its parts."""
    if what == "index_list":
        for row in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').mappings().all():
            columns = [one["name"] for one in connection.exec_driver_sql(f'PRAGMA index_info("{row["name"]}")').mappings()]
            yield f"{row['origin']} {row['unique']} {row['partial']} {columns}"
        return
    for row in connection.exec_driver_sql(f'PRAGMA {what}("{table}")').mappings():
        yield " ".join(f"{key}={value}" for key, value in row.items() if key not in ("cid", "id"))


def _checks(sql: str) -> Iterator[str]:
    for found in _CHECK.finditer(sql):
        depth, at = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[at], 0)
            at += 1
        yield f"{found[1] or ''} {_plain(sql[found.end():at - 1])}"


def _plain(sql: str) -> str:
    return " ".join(sql.replace('"', "").split())
