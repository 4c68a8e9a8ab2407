"""What was scanned last is among the figures of the supervisor's page, with what the worker was told."""

from server.dashboard.figures import figures
from tests.warehouse import ITEMS, Warehouse


def test_the_last_scan_is_told_with_what_came_of_it(database):
    house = Warehouse(database).open()
    house.put("SOAP", 3, "W1-A-01-1")
    house.order("1", ("SOAP", 1))
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    told = database.read(lambda tx: figures(tx, house.site_id))["scans"]
    assert (told[0]["kind"], told[0]["status"], told[0]["message"]) == ("pick", "applied", pda.results[-1]["message"])
