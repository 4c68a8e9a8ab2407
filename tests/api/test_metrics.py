"""What monitoring is told, read as Prometheus reads it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from server.kernel.ids import uuid7
from server.kernel.measures import BUCKETS, Measures, labelled

QUEUED = text("INSERT INTO outbox (at, kind, payload) VALUES (:at, 'Nothing', '{}')")


def told(house) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """The samples by name and labels; a text that Prometheus could not read raises."""
    answer = house.web.get("/metrics", headers=house.headers("integration"))
    assert answer.status_code == 200, answer.text
    families = list(text_string_to_metric_families(answer.text))
    assert len({family.name for family in families}) == len(families)
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def send(house, kind: str) -> dict:
    operation = {"op": uuid7(), "seq": 1, "kind": kind, "task": None, "form": None, "slots": {}, "schema": 1,
                 "made_at": house.clock.now(), "session": ""}
    body = {"epoch": f"epoch-{kind.strip('!'):a<8}", "operations": [operation]}
    return house.web.post("/api/v1/operations", json=body, headers=house.headers("device")).json["results"][0]


def test_operations_are_counted_by_kind_and_by_what_came_of_them(house):
    assert (send(house, "claim")["status"], send(house, "nonsense")["status"]) == ("refused", "refused")
    assert told(house)["aisle_operations_total"] == {
        (("kind", "claim"), ("process", "0"), ("result", "refused")): 1,
        (("kind", "other"), ("process", "0"), ("result", "refused")): 1}


def test_requests_are_counted_by_route_and_status(house):
    house.web.get("/api/v1/items")
    house.web.get("/nothing")
    found = told(house)["aisle_requests_total"]
    assert found[("process", "0"), ("route", "items.items_"), ("status", "401")] == 1
    assert found[("process", "0"), ("route", "pages.client_file"), ("status", "404")] == 1


def test_answer_times_and_waits_at_the_gate_are_histograms(house):
    house.web.get("/healthz")
    found = told(house)
    ways = [dict(labels) for labels in found["aisle_answer_seconds_bucket"]]
    assert {one["le"] for one in ways} == {*(f"{bound:g}" for bound in BUCKETS), "+Inf"}
    assert found["aisle_answer_seconds_count"][("process", "0"), ("way", "http")] >= 1
    assert ("aisle_gate_wait_seconds_count" in found) == house.app.database.is_sqlite


def test_queues_tell_how_many_wait_and_since_when(house):
    house.app.database.write(lambda tx: tx.execute(QUEUED, {"at": tx.now - 5_000}))
    found = told(house)
    assert (found["aisle_outbox_waiting"][()], found["aisle_outbox_oldest_seconds"][()]) == (1, 5)
    assert found["aisle_labels_waiting"][()] == 0


def test_a_process_tells_what_it_uses(one_house):
    found = told(one_house)
    assert found["aisle_process_resident_bytes"][(("process", "0"),)] > 10_000_000
    assert found["aisle_process_cpu_seconds_total"][(("process", "0"),)] > 0


def test_nothing_secret_is_told(one_house):
    text = one_house.web.get("/metrics", headers=one_house.headers("integration")).text
    assert [one for one in (one_house.device, *one_house.keys.values()) if one in text] == []
    assert "postgresql" not in text


def test_metrics_are_for_those_who_may(one_house):
    assert one_house.web.get("/metrics").status_code == 401
    assert one_house.web.get("/metrics", headers=one_house.headers("worker")).status_code == 403


def test_a_histogram_counts_each_time_in_every_bucket_that_it_fits():
    measures = Measures()
    for seconds in (0.0005, 0.03, 20):
        measures.observe("t", seconds, way="x")
    (_, series), = measures.parts()
    counted = [series[labelled("t_bucket", way="x", le=f"{bound:g}")] for bound in BUCKETS]
    assert counted == [1 if bound < 0.05 else 2 for bound in BUCKETS]
    assert series[labelled("t_bucket", way="x", le="+Inf")] == series[labelled("t_count", way="x")] == 3
    assert series[labelled("t_sum", way="x")] == pytest.approx(20.0305)


def test_every_process_writes_its_own_part_and_one_that_comes_in_its_place_begins_at_nothing():
    measures = Measures(2)
    measures.add("a")
    measures.enter(1)
    measures.add("b")
    assert [(number, series.keys() & {"a", "b"}) for number, series in measures.parts()] == [(0, {"a"}), (1, {"b"})]
    measures.enter(1)
    assert [series.keys() & {"a", "b"} for _, series in measures.parts()] == [{"a"}, set()]


def test_more_names_than_there_is_room_for_are_left_out():
    measures = Measures()
    for number in range(3_000):
        measures.add(f"n{number}")
    (_, series), = measures.parts()
    assert series["n0"] == 1
    assert "n2999" not in series


@pytest.mark.parametrize("value", ['a"b', "a\nb", "a\\b"])
def test_any_text_can_be_a_label(value):
    (family,) = text_string_to_metric_families(f"{labelled('x', way=value)} 1\n")
    assert family.samples[0].labels == {"way": value}
