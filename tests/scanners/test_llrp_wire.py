"""LLRP's bytes: however a stream is cut, the messages are the same; whatever comes, it is a message, silence or Unreadable."""

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.scanners.llrp import messages as says
from server.scanners.llrp.wire import Message, Messages, Unreadable, parameter, parameters

MESSAGES = st.lists(st.builds(Message, st.integers(0, 1023), st.integers(0, 2**32 - 1), st.binary(max_size=40), st.sampled_from([1, 2])),
                    max_size=6)


@given(MESSAGES, st.lists(st.integers(0, 300)))
def test_messages_are_the_same_however_they_are_cut(sent: list[Message], cuts: list[int]) -> None:
    stream = b"".join(one.packed() for one in sent)
    edges = [0, *sorted(one for one in cuts if one < len(stream)), len(stream)]
    splitter, got = Messages(), list[Message]()
    for begin, end in itertools.pairwise(edges):
        got += splitter.feed(stream[begin:end])
    assert got == sent


@given(st.binary(max_size=200))
def test_any_bytes_are_messages_or_unreadable(data: bytes) -> None:
    try:
        for message in Messages().feed(data):
            for understand in (says.capabilities, says.refusal, says.greeting, says.reads, lambda body: list(says.events(body, 0))):
                try:
                    understand(message.body)
                except Unreadable:
                    continue
    except Unreadable:
        return


@given(st.binary(max_size=80), st.sampled_from([61, 63, 11]))
def test_any_body_is_understood_or_unreadable(body: bytes, kind: int) -> None:
    for understand in (says.capabilities, says.refusal, says.greeting, says.is_closing, says.reads, lambda one: list(says.events(one, 0))):
        try:
            understand(body)
        except Unreadable:
            continue


@pytest.mark.parametrize("head", ["0C01", "0001", "FFFF", "1401"])
def test_other_versions_are_no_llrp(head: str) -> None:
    with pytest.raises(Unreadable, match="LLRP 1"):
        list(Messages().feed(bytes.fromhex(head + "0000000A00000001")))


@pytest.mark.parametrize("length", [0, 9, 5_000_000, 2**32 - 1])
def test_a_length_that_no_message_has_is_said_at_once(length: int) -> None:
    with pytest.raises(Unreadable):
        list(Messages().feed(struct.pack(">HII", 0x43D, length, 1)))


def test_makers_own_parameters_are_skipped_by_their_length() -> None:
    own = parameter(1023, struct.pack(">II", 25882, 57) + b"\xff" * 9)
    read = parameter(240, b"\x8d" + bytes(range(12)) + own + b"\x81\x00\x03" + b"\x86\xc4" + own)
    assert says.reads(own + read) == [says.Reported(bytes(range(12)), 3, -60.0, 0)]


def test_an_epc_of_any_length_is_whole() -> None:
    read = parameter(240, parameter(241, struct.pack(">H", 198) + bytes(range(26))) + b"\x82" + struct.pack(">Q", 5))
    assert says.reads(read) == [says.Reported(bytes(range(25)), 1, None, 5)]
    longer = parameter(240, parameter(241, struct.pack(">H", 208) + bytes(range(26))))
    assert says.reads(longer)[0].epc == bytes(range(26))


@pytest.mark.parametrize("body", [b"\x00", b"\x00\xf0\x00\x03", b"\x00\xf0\x00\x09ab", b"\xff\x00", b"\x8d123"])
def test_half_a_parameter_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(parameters(body))


def test_the_power_is_the_strongest_step_that_is_not_above_what_was_asked_for() -> None:
    steps = {1: 10.0, 2: 15.0, 3: 20.0}
    assert [says.power_index(dbm, steps) for dbm in (10, 14.9, 15, 99)] == [1, 1, 2, 3]
    for none in ({}, steps):
        with pytest.raises(says.ReaderRefuses):
            says.power_index(9.9, none)
