"""What is made once, by however many threads that ask for it first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from server.kernel.once import once
from server.oms.checks import divisions


def test_threads_that_ask_first_at_one_moment_are_given_one_thing():
    begun, may_end, all_ask = [], Event(), Barrier(21)

    @once
    def slow():
        begun.append(True)
        may_end.wait()
        return object()

    def asked():
        all_ask.wait()
        return slow()

    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(asked) for _ in range(20)]
        all_ask.wait()
        may_end.set()
    assert len({id(one.result()) for one in answers}) == 1 and len(begun) == 1


def test_what_could_not_be_made_is_tried_again():
    tried = []

    @once
    def broken():
        tried.append(True)
        return [1 / (len(tried) - 1)]

    for _ in range(2):
        try:
            broken()
        except ZeroDivisionError:
            continue
    assert broken() == [1.0] and len(tried) == 2


def test_each_division_is_the_very_one_that_its_names_mean():
    found = {id(one) for one in divisions.divisions()}
    assert all(id(each.division) in found for several in divisions.meanings().values() for each in several)
