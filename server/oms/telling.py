"""Channels are told how much they may sell: what changed, soon; all of it, when somebody asks. Nothing of the database is held meanwhile."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from server.kernel.database import Database
from server.kernel.transaction import Actor, Tx
from server.oms.channels import kinds
from server.oms.channels.base import Connector, Quantity, ShowsQuantities
from server.oms.channels.errors import (
    ChannelAway,
    ChannelBusy,
    ChannelChanged,
    ChannelDeaf,
    ChannelError,
    ChannelRefused,
    ChannelShut,
)
from server.oms.connecting import note_reconciled
from server.oms.listings import (
    change_stocked,
    change_those,
    listings_after,
    note_away,
    note_known,
    note_telling,
    note_there,
    note_told,
    presold_otherwise,
    waiting_listings,
)
from server.stock.availability import changed_in_use, has_changed, take_changed, take_changed_one

log = logging.getLogger("aisle.channels")

P = ParamSpec("P")
T = TypeVar("T")

_LANE = "listings"
"""Listings are written by one after the other: many at once in different sequences would wait for each other in a circle."""
_CHANGED_AT_ONCE = 200
_IN_USE_AT_ONCE = 20
_TURNS_MAX = 50


def spread_changes(database: Database) -> None:
    """Whatever can be promised more or less of than before is noted with the listings that sell it."""
    if not database.read(has_changed):
        return
    for _ in range(_TURNS_MAX):
        if database.write(_spread, backlog=True, lane=_LANE) < _CHANGED_AT_ONCE:
            break
    for row in database.read(lambda tx: changed_in_use(tx, _IN_USE_AT_ONCE)):
        database.write(lambda tx, one=row: change_stocked(tx, take_changed_one(tx, one)), backlog=True)  # type: ignore[misc]


def spread_time(database: Database) -> int:
    """Time brings what is announced within the days for which a channel may sell it: that is noted with the listings; of how many."""
    numbers = database.read(presold_otherwise)
    for at in range(0, len(numbers), _CHANGED_AT_ONCE):
        some = numbers[at:at + _CHANGED_AT_ONCE]
        database.write(lambda tx, some=some: change_those(tx, some), backlog=True, lane=_LANE)  # type: ignore[misc]
    return len(numbers)


class Teller:
    """Tells one channel at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell(self, channel: Any, connector: Connector) -> None:
        """What the channel may sell of what changed. Raises what is wrong with the channel as a whole."""
        most = kinds()[channel.kind].quantities_at_once
        for _ in range(_TURNS_MAX):
            rows = self._database.read(lambda tx: waiting_listings(tx, channel.id, most))
            if not rows:
                return
            known = {row.id for row in rows if row.telling is None and row.told == row.may_sell}
            if known:
                self._write(channel, note_known, [row for row in rows if row.id in known])
            self._tell(channel, connector, [row for row in rows if row.id not in known])
            if len(rows) < most:
                return

    def reconcile(self, channel: Any, connector: Connector) -> None:
        """All that the channel may sell, whatever it was told before; goes on where it was interrupted."""
        after = channel.reconcile_from
        if after is None:
            return
        most, there = kinds()[channel.kind].quantities_at_once, _there(channel, connector)
        while rows := self._database.read(lambda tx, after=after: listings_after(tx, channel.id, after, most)):  # type: ignore[misc]
            self._write(channel, note_there, rows, there)
            self._tell(channel, connector, rows)
            if not self._write(channel, note_reconciled, channel.id, after, rows[-1].id):
                return  # somebody asked anew, or paused the channel: it begins again, or goes on from here
            after = rows[-1].id
            self.tell(channel, connector)
        self._write(channel, note_reconciled, channel.id, after, None)

    def _tell(self, channel: Any, connector: Connector, rows: Sequence[Any]) -> None:
        """Noted before and after, so that what was told when we were stopped, or when the answer was lost, is told again."""
        if not rows:
            return
        self._write(channel, note_telling, rows)
        try:
            refused = connector.set_quantities([Quantity(item=row.name, quantity=row.may_sell, ref=row.ref) for row in rows])
        except ChannelDeaf:
            self._write(channel, note_known, rows)
        except (ChannelShut, ChannelAway, ChannelBusy) as error:
            self._write(channel, note_away, rows, error)
            raise
        except ChannelError as error:  # it will not hear of any of them
            self._write(channel, note_told, rows, {row.name: error for row in rows})
        else:
            self._write(channel, note_told, rows, {one.item: why for one, why in refused})

    def _write(self, channel: Any, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._database.write(lambda tx: work(tx, *args, **kwargs), actor=Actor(f"channel {channel.code}"), backlog=True, lane=_LANE)


def _spread(tx: Tx) -> int:
    changed = take_changed(tx, _CHANGED_AT_ONCE)
    change_stocked(tx, changed)
    return len(changed)


def _there(channel: Any, connector: Connector) -> Mapping[str, int]:
    """What the channel says that it has, as far as it can be asked."""
    if not isinstance(connector, ShowsQuantities):
        return {}
    try:
        return connector.quantities()
    except ChannelShut:
        raise
    except (ChannelRefused, ChannelChanged) as error:
        log.warning("channel %s does not say what it has: %s", channel.code, error.words)
        return {}
