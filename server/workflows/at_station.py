"""Where the labels of a station's work come out: the printer that its settings name."""

from server.floor.process import Call
from server.kernel.transaction import Tx
from server.masterdata.stations import station_of_device, station_of_screen


def printer_here(tx: Tx, call: Call) -> str:
    """The name of the printer of the station that this device is, or is the screen of; "" for the warehouse's usual one."""
    station = station_of_screen(tx, call.device_id) or station_of_device(tx, call.device_id)
    return "" if station is None else str((station.settings or {}).get("printer", ""))
