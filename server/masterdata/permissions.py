"""Who may do what: every route and every socket event has its row here; what has none is refused."""

from dataclasses import dataclass

from server.kernel.errors import NotAllowed, NotSignedIn
from server.masterdata.callers import Caller

WORKER = frozenset({"worker", "supervisor", "manager", "admin"})
SUPERVISOR = frozenset({"supervisor", "manager", "admin"})
MANAGER = frozenset({"manager", "admin"})
ADMIN = frozenset({"admin"})
DEVICE = frozenset({"device"})
EVERYBODY = frozenset({"nobody"})


@dataclass(frozen=True, slots=True)
class Permit:
    """The roles that may, and the scope that lets another system's key in."""

    roles: frozenset[str]
    scope: str | None = None


ROUTES: dict[str, Permit] = {
    "pages.client": Permit(EVERYBODY),
    "pages.client_file": Permit(EVERYBODY),
    "pages.dashboard": Permit(EVERYBODY),
    "pages.setup_page": Permit(EVERYBODY),
    "pages.station_page": Permit(EVERYBODY),
    "pages.fitness_page": Permit(EVERYBODY),
    "pages.devices_page": Permit(EVERYBODY),
    "pages.labels_page": Permit(EVERYBODY),
    "pages.look_page": Permit(EVERYBODY),
    "pages.figures_page": Permit(EVERYBODY),
    "pages.masterdata_page": Permit(EVERYBODY),
    "pages.guide_page": Permit(EVERYBODY),
    "pages.reset_page": Permit(EVERYBODY),
    "pages.worker": Permit(EVERYBODY),
    "enrol.enrol_page": Permit(EVERYBODY),
    "enrol.enrol_file": Permit(EVERYBODY),
    "cards.command_cards": Permit(EVERYBODY),
    "cards.sheet_style": Permit(EVERYBODY),
    "cards.badge_cards": Permit(SUPERVISOR),
    "pages.docs": Permit(EVERYBODY),
    "pages.docs_file": Permit(EVERYBODY),
    "openapi.spec": Permit(EVERYBODY),
    "health.healthz": Permit(EVERYBODY),
    "health.readyz": Permit(EVERYBODY),
    "health.metrics": Permit(SUPERVISOR, "metrics:read"),
    "texts.messages": Permit(EVERYBODY),
    "people.setup": Permit(EVERYBODY),
    "people.sign_in_": Permit(EVERYBODY),
    "people.session": Permit(WORKER),
    "people.sign_out_": Permit(WORKER),
    "people.workers_": Permit(SUPERVISOR),
    "people.put_worker_": Permit(ADMIN),
    "people.disable": Permit(ADMIN),
    "people.keys": Permit(ADMIN),
    "people.make_key": Permit(ADMIN),
    "people.revoke_key": Permit(ADMIN),
    "devices.enrol_": Permit(EVERYBODY),
    "devices.make_code": Permit(SUPERVISOR),
    "devices.devices_": Permit(SUPERVISOR),
    "devices.rename": Permit(SUPERVISOR),
    "devices.revoke": Permit(SUPERVISOR),
    "devices.socket_token": Permit(DEVICE | SUPERVISOR),
    "floor.hello": Permit(DEVICE),
    "floor.operations": Permit(DEVICE),
    "floor.pull": Permit(DEVICE),
    "floor.read_": Permit(DEVICE),
    "floor.codes": Permit(DEVICE),
    "pictures.codes_in_picture": Permit(DEVICE),
    "items.items_": Permit(WORKER | DEVICE, "items:read"),
    "items.item": Permit(WORKER | DEVICE, "items:read"),
    "items.put_item_": Permit(MANAGER, "items:write"),
    "item_pictures.picture": Permit(WORKER | DEVICE, "items:read"),
    "item_pictures.put_picture_": Permit(MANAGER, "items:write"),
    "item_pictures.drop_picture_": Permit(MANAGER, "items:write"),
    "cartons.carton_types_": Permit(WORKER | DEVICE, "items:read"),
    "cartons.put_carton_type_": Permit(MANAGER, "items:write"),
    "cartons.drop_carton_type_": Permit(MANAGER, "items:write"),
    "cartons.of_release": Permit(WORKER | DEVICE, "orders:read"),
    "cartons.parcels_of_release": Permit(WORKER | DEVICE, "orders:read"),
    "locations.locations_": Permit(WORKER | DEVICE, "locations:read"),
    "locations.change_location_": Permit(SUPERVISOR, "locations:write"),
    "locations.put_locations": Permit(MANAGER, "locations:write"),
    "locations.preview": Permit(SUPERVISOR),
    "sites.sites_": Permit(SUPERVISOR, "locations:read"),
    "sites.site": Permit(SUPERVISOR, "locations:read"),
    "sites.make_site": Permit(ADMIN),
    "sites.change_site_": Permit(MANAGER),
    "guide.practice": Permit(SUPERVISOR),
    "guide.progress": Permit(SUPERVISOR),
    "csv.import_items": Permit(MANAGER, "items:write"),
    "csv.import_locations": Permit(MANAGER, "locations:write"),
    "csv.import_workers": Permit(ADMIN),
    "csv.export_items": Permit(SUPERVISOR, "items:read"),
    "csv.export_locations": Permit(SUPERVISOR, "locations:read"),
    "csv.export_workers": Permit(ADMIN),
    "stock.stock_": Permit(WORKER | DEVICE, "stock:read"),
    "stock.lpns": Permit(WORKER | DEVICE, "stock:read"),
    "stock.make_lpns": Permit(SUPERVISOR, "locations:write"),
    "stock.make_hold": Permit(SUPERVISOR, "stock:write"),
    "stock.make_release": Permit(SUPERVISOR, "stock:write"),
    "stock.moves": Permit(SUPERVISOR, "stock:read"),
    "stock.availability": Permit(WORKER | DEVICE, "stock:read"),
    "inbound.asns": Permit(WORKER | DEVICE, "inbound:read"),
    "inbound.make_asn": Permit(SUPERVISOR, "inbound:write"),
    "inbound.purchase_orders": Permit(WORKER | DEVICE, "inbound:read"),
    "inbound.make_purchase_order": Permit(SUPERVISOR, "inbound:write"),
    "inbound.paper": Permit(WORKER | DEVICE, "inbound:read"),
    "returns.returns_": Permit(WORKER | DEVICE, "inbound:read"),
    "returns.make_return": Permit(SUPERVISOR, "inbound:write"),
    "orders.orders_": Permit(SUPERVISOR, "orders:read"),
    "orders.order": Permit(SUPERVISOR, "orders:read"),
    "orders.make_order": Permit(SUPERVISOR, "orders:write"),
    "orders.cancel": Permit(SUPERVISOR, "orders:write"),
    "loads.loads_": Permit(SUPERVISOR, "orders:read"),
    "loads.load": Permit(SUPERVISOR, "orders:read"),
    "waves.waves_": Permit(SUPERVISOR, "waves:read"),
    "waves.wave": Permit(SUPERVISOR, "waves:read"),
    "waves.make_wave": Permit(SUPERVISOR, "waves:write"),
    "waves.rules": Permit(SUPERVISOR, "waves:read"),
    "waves.put_rule_": Permit(MANAGER, "waves:write"),
    "printing.printers": Permit(SUPERVISOR, "printing:read"),
    "printing.put_printer_": Permit(MANAGER),
    "printing.set_answers_": Permit(MANAGER),
    "printing.print_location_labels_": Permit(SUPERVISOR),
    "printing.location_labels_sheet": Permit(SUPERVISOR),
    "printing.print_lpn_label_": Permit(SUPERVISOR),
    "printing.jobs": Permit(SUPERVISOR, "printing:read"),
    "printing.last_jobs": Permit(SUPERVISOR, "printing:read"),
    "printing.payload": Permit(SUPERVISOR),
    "label_templates.all_templates": Permit(SUPERVISOR, "printing:read"),
    "label_templates.example": Permit(SUPERVISOR, "printing:read"),
    "label_templates.one_template": Permit(SUPERVISOR, "printing:read"),
    "label_templates.versions": Permit(SUPERVISOR, "printing:read"),
    "label_templates.one_version": Permit(SUPERVISOR, "printing:read"),
    "label_templates.preview_values": Permit(SUPERVISOR),
    "label_templates.preview_source": Permit(ADMIN),
    "label_templates.add": Permit(ADMIN),
    "label_templates.put_live": Permit(ADMIN),
    "label_templates.drop_live": Permit(ADMIN),
    "label_templates.print_by_hand": Permit(SUPERVISOR),
    "stations.stations_": Permit(SUPERVISOR, "stations:read"),
    "stations.put_station_": Permit(MANAGER),
    "stations.drop_station_": Permit(MANAGER),
    "stations.zero": Permit(SUPERVISOR),
    "stations.ports": Permit(SUPERVISOR),
    "stations.bind_scanner": Permit(MANAGER),
    "stations.screen": Permit(SUPERVISOR | DEVICE, "stations:read"),
    "stations.take_screen_": Permit(DEVICE),
    "fitness.printed_codes": Permit(SUPERVISOR | DEVICE),
    "fitness.of_a_wedge": Permit(SUPERVISOR | DEVICE),
    "fitness.begin": Permit(SUPERVISOR),
    "fitness.lesson": Permit(SUPERVISOR),
    "fitness.use": Permit(SUPERVISOR),
    "fitness.end": Permit(SUPERVISOR),
    "printing.cancel_job_": Permit(SUPERVISOR),
    "printing.answer_job": Permit(SUPERVISOR),
    "printing.reprint_job_": Permit(SUPERVISOR),
    "printing.print_test_label": Permit(SUPERVISOR),
    "shifts.at_work_": Permit(SUPERVISOR, "tasks:read"),
    "shifts.end": Permit(SUPERVISOR),
    "work.tasks": Permit(SUPERVISOR, "tasks:read"),
    "work.task": Permit(SUPERVISOR, "tasks:read"),
    "work.hand_back": Permit(SUPERVISOR),
    "steering.send": Permit(SUPERVISOR),
    "steering.order": Permit(SUPERVISOR),
    "steering.hold": Permit(SUPERVISOR),
    "steering.release": Permit(SUPERVISOR),
    "work.counts": Permit(SUPERVISOR, "counts:read"),
    "work.count_accuracy": Permit(SUPERVISOR, "counts:read"),
    "work.make_counts": Permit(SUPERVISOR, "counts:write"),
    "work.exceptions": Permit(SUPERVISOR),
    "work.close_exception": Permit(SUPERVISOR),
    "work.events": Permit(SUPERVISOR, "events:read"),
    "work.dashboard": Permit(SUPERVISOR, "tasks:read"),
    "figures.figures_": Permit(SUPERVISOR, "tasks:read"),
    "figures.figures_as_csv": Permit(SUPERVISOR, "tasks:read"),
    "figures.figures_as_pdf": Permit(SUPERVISOR, "tasks:read"),
    "board.groups": Permit(SUPERVISOR, "tasks:read"),
    "board.places": Permit(SUPERVISOR, "tasks:read"),
    "releases.releases_": Permit(SUPERVISOR, "orders:read"),
    "releases.hold": Permit(SUPERVISOR, "orders:write"),
    "releases.resume": Permit(SUPERVISOR, "orders:write"),
    "deciding.own_exception": Permit(SUPERVISOR),
    "deciding.count": Permit(SUPERVISOR, "counts:read"),
    "deciding.accept": Permit(SUPERVISOR, "counts:write"),
    "deciding.count_again": Permit(SUPERVISOR, "counts:write"),
    "deciding.again": Permit(MANAGER),
}
SOCKET_EVENTS: dict[str, Permit] = {
    "hello": Permit(DEVICE),
    "operations": Permit(DEVICE),
    "pull": Permit(DEVICE),
    "read": Permit(DEVICE),
    "watch": Permit(SUPERVISOR),
}


def guard(caller: Caller, permit: Permit | None) -> None:
    """Lets the caller through, or raises NotSignedIn (nobody came) or NotAllowed (somebody else may)."""
    if permit is None:
        raise NotAllowed("Nobody may do this: it is not in the table of permissions.")
    if permit.roles == EVERYBODY or caller.roles & permit.roles:
        return
    if permit.scope is not None and permit.scope in caller.scopes:
        return
    if not caller.roles or caller.session_has_ended:
        raise NotSignedIn("Sign in first." if not caller.roles else "You are not signed in any more. Sign in again; nothing is lost.")
    if caller.scopes and permit.scope:
        raise NotAllowed(f"This key lacks the scope {permit.scope}.", scope=permit.scope)
    raise NotAllowed("Your role does not allow this. Ask a supervisor.")
