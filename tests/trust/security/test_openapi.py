"""S17, S29: Schemathesis reads the description of the API and sends what it allows and what it forbids.

`make test` sends a few cases an operation; AISLE_OPENAPI_CASES=1000 sends as many to each kind of database.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.adapter import parameters
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import text

from tests.trust.security.sharing import share
from tests.trust.security.two_houses import TwoHouses

READ_NOW = parameters
"""pytest rewrites the module when it is first read; deep in a search Python 3.11 cannot parse it."""
CASES = int(os.environ.get("AISLE_OPENAPI_CASES", "80"))
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance)


@pytest.fixture
def houses(database_url, tmp_path):
    houses = TwoHouses(database_url, tmp_path)
    yield houses
    houses.app.database.close()


class Caller:
    """An administrator on a device, who comes back when a case has signed him out or shut his device out."""

    def __init__(self, houses):
        self.houses, self.cases, self.statuses = houses, 0, {}
        self.headers = {}

    def come_in(self):
        self.houses.device = self.houses.enrol("PDA of the tests")
        self.houses.app.database.write(lambda tx: tx.execute(text("UPDATE worker SET disabled = 0, role = 'admin', site_id = NULL WHERE badge = 'ADMIN'")))
        self.headers = self.houses.headers("admin")

    def send(self, case):
        answer = case.call(headers=self.headers)
        if answer.status_code == 401:
            self.come_in()
        self.cases += 1
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=CHECKS)


def modes(operation):
    """Where any text may stand, nothing is forbidden: Hypothesis would look 459 times for what there is not."""
    is_free = not any(map(list, (operation.body, operation.query, operation.headers))) and all(
        one.definition["schema"] == {"type": "string"} for one in operation.path_parameters)
    return (GenerationMode.POSITIVE,) if is_free else (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def test_no_case_that_the_description_allows_or_forbids_is_answered_otherwise_than_described(houses):
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", houses.app.web)
    operations = share((found.ok() for found in schema.get_all_operations()), houses.app.database)
    caller = Caller(houses)
    caller.come_in()
    failures = []
    for number, operation in enumerate(operations):
        for mode in modes(operation):
            each = max(1, CASES // len(operations) // 2)

            @seed(number)
            @settings(max_examples=each, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy(generation_mode=mode))
            def run(case):
                caller.send(case)

            try:
                run()
            except Unsatisfiable:
                continue  # there is nothing that the description forbids here
            except (FailureGroup, Failure) as error:
                failures.append((operation.label, mode.value, "; ".join(map(str, getattr(error, "exceptions", [error])))))
    assert failures == []
    assert caller.cases >= CASES // 2
