"""Forms: what urllib reads, read field by field."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from labkit.cloud.access.forms import Form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Action=Publish&Message=a%20cup+of%2Btea&Subject=",
        "a=1&a=2&=empty&&lonely&b==&c=d=e",
        "%41ction=Publish&bad=%zz%e2%28&%F0%9F=half",
    ],
)
def test_a_form_is_what_urllib_reads(text: str):
    """The last one of several counts, as in a dict of its pairs."""
    expected = dict(parse_qsl(text, keep_blank_values=True))
    form = Form(text)
    assert dict(form) == expected and form == expected
    assert len(form) == len(expected)
    assert {name: form.get(name) for name in expected} == expected
    assert all(name in form for name in expected)
    assert form.get("absent") is None and form.get("absent", "x") == "x" and "absent" not in form


def test_a_later_text_overrides():
    """A request's body comes after its URL."""
    assert dict(Form("Action=A&Version=1", "Action=B")) == {"Action": "B", "Version": "1"}
