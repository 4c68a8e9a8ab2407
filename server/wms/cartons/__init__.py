"""Which carton an order goes into, how, and a picture of it. The solver is loaded when the first carton is chosen."""

from server.wms.cartons.checking import faults_of
from server.wms.cartons.choosing import SUPPORT, choose_carton
from server.wms.cartons.models import CartonChoice, CartonType, FilledCarton, Placement, Reason, Ware

__all__ = ["SUPPORT", "CartonChoice", "CartonType", "FilledCarton", "Placement", "Reason", "Ware", "choose_carton", "faults_of"]
