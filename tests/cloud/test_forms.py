"""Forms: what urllib reads, read field by field."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from labkit.cloud.forms import Form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Action=Publish&Message=a%20cup+of%2Btea&Subject=",
        "a=1&a=1&=empty&&lonely&b==&c=d=e",
        "%41ction=Publish&bad=%zz%e2%28&%F0%9F=half",
    ],
)
def test_a_form_is_what_urllib_reads(text: str):
    """Names and values alike, empty ones and broken ones too."""
    expected = dict(parse_qsl(text, keep_blank_values=True))
    form = Form(text)
    assert dict(form) == expected and form == expected
    assert len(form) == len(expected)
    assert {name: form.get(name) for name in expected} == expected
    assert all(name in form for name in expected)
    assert form.get("absent") is None and form.get("absent", "x") == "x" and "absent" not in form


@pytest.mark.parametrize("texts", [("a=1&a=2",), ("a=1", "a=2"), ("a=1&%61=2",), ("a=&a=1",)])
def test_a_field_has_one_value(texts: tuple[str, ...]):
    """In one text or in two, however its name is written."""
    with pytest.raises(ValueError, match="two values"):
        Form(*texts)
    assert dict(Form("Action=A&Version=1", "Action=A")) == {"Action": "A", "Version": "1"}
