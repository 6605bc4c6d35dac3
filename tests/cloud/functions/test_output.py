"""A function's output, taken apart."""

from __future__ import annotations

import pytest

from labkit.cloud.functions.output import LogEvent, OutputParser, tail


def frame(message: str, seconds: float, kind: int = 0xA55A0003) -> bytes:
    data = message.encode()
    microseconds = int(seconds * 1e6)
    header = kind.to_bytes(4, "big") + len(data).to_bytes(4, "big")
    return header + microseconds.to_bytes(8, "big") + data


def test_a_printed_line_is_an_event() -> None:
    """Its newline belongs to it, as on AWS."""
    assert OutputParser().feed(b"one\n\ntwo\n") == [
        LogEvent("one\n"),
        LogEvent("\n"),
        LogEvent("two\n"),
    ]


def test_a_line_without_its_end_waits_for_it() -> None:
    """What is printed in pieces becomes one event; `flush` gives up waiting."""
    parser = OutputParser()
    assert parser.feed(b"one ") == []
    assert parser.feed(b"line\nno end") == [LogEvent("one line\n")]
    assert parser.flush() == [LogEvent("no end")]
    assert parser.flush() == []


def test_a_frame_is_one_event_with_its_own_time() -> None:
    """A traceback of many lines stays together."""
    message = "[ERROR] ValueError: bad\nTraceback (most recent call last):\n\u00a0 File"
    assert OutputParser().feed(b"before\n" + frame(message, 12.5) + b"after\n") == [
        LogEvent("before\n"),
        LogEvent(message, 12.5),
        LogEvent("after\n"),
    ]


def test_a_frame_may_come_in_pieces() -> None:
    """Wherever the output is cut, the same events come out."""
    whole = b"a\n" + frame("multi\nline", 1.0, 0xA55A0017) + b"b\n" + frame("x", 2.0, 0xA55A000E)
    for cut in range(len(whole)):
        parser = OutputParser()
        events = parser.feed(whole[:cut]) + parser.feed(whole[cut:]) + parser.flush()
        assert [event.message for event in events] == ["a\n", "multi\nline", "b\n", "x"], cut


def test_a_forged_frame_swallows_nothing() -> None:
    """A frame that claims to be endless is given out as it is when the invocation ends."""
    parser = OutputParser()
    forged = frame("x", 0.0)[:4] + b"\xff" * 4 + b"\0" * 8
    assert parser.feed(forged + b"lost?\n") == []
    assert "lost?" in parser.flush()[0].message


@pytest.mark.fidelity(
    "Lambda",
    "Bytes that are no UTF-8 are replaced in the log.",
    source="Lambda guide: python-logging",
)
def test_bytes_that_are_no_text_do_no_harm() -> None:
    """They are replaced, as CloudWatch does."""
    assert OutputParser().feed(b"\xff\xfe\n") == [LogEvent("\ufffd\ufffd\n")]


@pytest.mark.fidelity(
    "Lambda",
    "In the tail of a log an error is followed by END without a newline.",
    source="LocalStack's recording: lambda_/test_lambda_destinations",
)
def test_the_tail_adds_no_newlines() -> None:
    """As `test_dead_letter_queue` was answered at c9292eb."""
    error = "[ERROR] Exception: no\nTraceback (most recent call last):"
    assert tail([error, "END RequestId: 1\n"], size=4096) == f"{error}END RequestId: 1\n".encode()


def test_the_tail_is_the_last_bytes() -> None:
    """4 KB on AWS."""
    assert tail(["one\n", "two\n", "three\n"], size=4096) == b"one\ntwo\nthree\n"
    assert tail(["one\n", "two\n", "three\n"], size=8) == b"o\nthree\n"
