"""Log events become lines that know their request."""

from __future__ import annotations

from labkit.show.log_events import by_request, fields_of, parse, read_stream

FIRST, SECOND = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def events(*messages: str, start: int = 1000) -> list[dict]:
    return [{"timestamp": start + n, "message": f"{text}\n"} for n, text in enumerate(messages)]


def test_lines_between_start_and_report_belong_to_the_request():
    """A print without a request id finds its request by its place."""
    lines = list(
        read_stream(
            events(
                "INIT_START Runtime Version: python:3.13",
                f"START RequestId: {FIRST} Version: $LATEST",
                "printed",
                f"REPORT RequestId: {FIRST}\tDuration: 1.00 ms",
                f"START RequestId: {SECOND} Version: $LATEST",
            )
        )
    )
    assert [line.request for line in lines] == [FIRST, FIRST, FIRST, FIRST, SECOND]


def test_lines_before_any_request_are_kept():
    """What a worker wrote before it crashed on import is not lost."""
    lines = list(read_stream(events("INIT_START Runtime Version: python:3.13", "boom")))
    assert [(line.request, line.message) for line in lines][1] == ("", "boom")


def test_requests_in_order_of_their_start():
    """Two workers' lines are told apart: one request after the other, the earlier one first."""
    late = list(read_stream(events(f"START RequestId: {SECOND}", "late", start=2000)))
    early = list(read_stream(events(f"START RequestId: {FIRST}", "early", start=1999)))
    assert [line.message for line in by_request([*late, *early])][1::2] == ["early", "late"]


def test_levels_of_every_format():
    """Lambda's text lines, its uncaught errors, JSON lines and prints each give level and text."""
    assert parse(f"[INFO]\t2026-11-23T03:41:30.123Z\t{FIRST}\tstored") == ("INFO", "stored")
    assert parse("[ERROR] KeyError: 'x'\nTraceback:\n\u00a0 File") == (
        "ERROR",
        "KeyError: 'x'\nTraceback:\n  File",
    )
    assert parse('{"level": "WARNING", "message": "refused", "orderID": "536365"}') == (
        "WARNING",
        "refused, orderID=536365",
    )
    assert parse(f'[INFO]\tt\t{FIRST}\t{{"outcome": "stored", "orderID": "1"}}') == (
        "INFO",
        "outcome=stored, orderID=1",
    )
    assert parse("just printed") == ("", "just printed")
    assert parse("[1, 2]") == ("", "[1, 2]")
    assert parse(f"END RequestId: {FIRST}") == ("PLATFORM", f"END RequestId: {FIRST}")


def test_fields_of_every_format():
    """The fields of a JSON line are there to be read, whatever stands before it; text has none."""
    assert fields_of(f'[INFO]\tt\t{FIRST}\t{{"outcome": "stored"}}') == {"outcome": "stored"}
    assert fields_of('{"outcome": "stored"}') == {"outcome": "stored"}
    assert fields_of("stored") == fields_of("[1, 2]") == {}
