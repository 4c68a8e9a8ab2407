"""A camera at a dock door: what stands on the pallet's labels is received, without a touch."""

import pytest

pytest.importorskip("cv2", reason="OpenCV belongs to the extra aisle[camera]")

from server.masterdata.stations import NewPeripheral, NewStation, put_station
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from simulators.devices.camera import Camera
from simulators.devices.wire import TcpPort
from tests.stations.quick import Stations
from tests.stations.test_dock import sscc, states
from tests.waiting import until
from tests.warehouse import Warehouse


def test_a_pallet_before_the_camera_is_received(database):
    house = Warehouse(database).open()
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="SOAP", quantity=10, sscc=sscc(1)), NewInboundLine(item="SOAP", quantity=10, sscc=sscc(2))])))
    camera = Camera(fps=15)
    port = TcpPort(camera)
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(code="DOOR", kind="dock", location="W1-DOCK", peripherals=[
        NewPeripheral(name="camera", kind="camera", driver="", url=f"http://127.0.0.1:{port.port}/stream", settings={"frames_a_second": 10})])))
    stations = Stations(house.database, house.engine)
    stations.start()
    try:
        assert until(lambda: states(house) == {"camera": "connected"})
        camera.show(f"(00){sscc(1)}")
        assert until(lambda: house.one("SELECT SUM(received) FROM inbound_line") == 10)
        assert house.one("SELECT COUNT(*) FROM floor_exception") == 0
    finally:
        stations.stop()
        port.close()
