"""Blocks of committed moves, sealed one after the other in a hash chain, off the hot path.

A seal's hash is SHA-256 over the seal before it and the block's moves as text lines in order of their
numbers. Both databases give the same lines, so a ledger keeps its hash when it moves from one to the other.
"""

import hashlib

from sqlalchemy import text

from server.kernel.invariants import plain_rows
from server.kernel.transaction import Tx

GENESIS = "0" * 64
BLOCK_MOVES_MAX = 10_000
_CELLS = (
    "id, at, reason, COALESCE(goods_id, 0), COALESCE(lpn_id, 0), quantity, from_id, to_id, COALESCE(op, ''), "
    "COALESCE(worker_id, 0), COALESCE(device_id, 0), COALESCE(document, ''), COALESCE(reverses_id, 0)"
)
_RANGE = "FROM stock_move WHERE id > {after:d} AND id <= {last:d}"
_LINES = {
    "sqlite": f"SELECT printf('{'|'.join(['%s'] * 13)}', {_CELLS}) {_RANGE} ORDER BY id",
    "postgresql": f"SELECT string_agg(concat_ws('|', {_CELLS}), chr(10) ORDER BY id) {_RANGE} HAVING COUNT(*) > 0",
}
"""One move a row, or all of them in one: a row is dear where it has to come through a socket."""
_LAST_SEAL = text("SELECT last_id, hash FROM seal ORDER BY id DESC LIMIT 1")
_SETTLED = text("SELECT COALESCE(MAX(id), 0) FROM stock_move")
_ADD = text(
    "INSERT INTO seal (first_id, last_id, moves, previous, hash, sealed_at) "
    "VALUES (:first_id, :last_id, :moves, :previous, :hash, :at)"
)
_SEALS = text("SELECT id, last_id, moves, previous, hash FROM seal ORDER BY id")


def seal(tx: Tx) -> int:
    """Seals the next block of committed moves; how many moves it holds, 0 when nothing was left.

    On PostgreSQL a short SHARE lock waits for the writers under way, so that no smaller number can
    appear in the block afterwards; on SQLite the writer gate has seen to that already.
    """
    if tx.connection.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE stock_move IN SHARE MODE"))
    last = tx.row(_LAST_SEAL)
    after, previous = (last.last_id, last.hash) if last is not None else (0, GENESIS)
    settled = int(tx.scalar(_SETTLED))
    upto = min(settled, after + BLOCK_MOVES_MAX)
    if upto <= after:
        return 0
    digest, moves = _digest(tx, after, upto, previous)
    tx.execute(_ADD, {"first_id": after + 1, "last_id": upto, "moves": moves, "previous": previous, "hash": digest,
                      "at": tx.now})
    return moves


def broken_seals(tx: Tx) -> list[str]:
    """What does not fit the chain, in words: changed, missing or inserted moves, and seals that do not follow."""
    broken, after, previous = [], 0, GENESIS
    for row in tx.rows(_SEALS):
        digest, moves = _digest(tx, after, row.last_id, previous)
        if row.previous != previous:
            broken.append(f"seal {row.id} does not follow the seal before it")
        elif digest != row.hash:
            broken.append(f"seal {row.id}: moves {after + 1} to {row.last_id} ({row.moves} sealed, {moves} there) "
                          "were changed after they had been sealed")
        after, previous = row.last_id, row.hash
    return broken


def ledger_hash(tx: Tx) -> str:
    """One hash over the whole ledger, sealed or not."""
    last = int(tx.scalar(_SETTLED))
    return _digest(tx, 0, last, GENESIS)[0]


def _digest(tx: Tx, after: int, last: int, previous: str) -> tuple[str, int]:
    digest, moves = hashlib.sha256(previous.encode()), 0
    lines = _LINES[tx.connection.dialect.name]
    for begin in range(after, last, BLOCK_MOVES_MAX):
        rows = plain_rows(tx, lines.format(after=begin, last=min(last, begin + BLOCK_MOVES_MAX)))
        block = "".join([f"{line}\n" for line, in rows])
        digest.update(block.encode())
        moves += block.count("\n")
    return digest.hexdigest(), moves
