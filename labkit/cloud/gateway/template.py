"""Mapping templates: what `$input`, `$util`, `$context` and `$stageVariables` are.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
"""

from __future__ import annotations

import base64
import json
import string
from typing import Any
from urllib.parse import unquote_plus

from labkit.cloud.gateway import jsonpath, velocity
from labkit.cloud.gateway.budget import spend
from labkit.cloud.gateway.java import TemplateObject, from_json, to_json, to_text

# Java's URLEncoder, which $util.urlEncode is: these stay, a space becomes `+`.
UNRESERVED = string.ascii_letters + string.digits + ".-*_"
URL_ENCODED = {
    byte: "+" if byte == 0x20 else chr(byte) if chr(byte) in UNRESERVED else f"%{byte:02X}"
    for byte in range(256)
}
# StringEscapeUtils.escapeJavaScript of Apache Commons Lang, which escapes `'` and `/` too.
JAVASCRIPT = {
    ord("\b"): "\\b",
    ord("\n"): "\\n",
    ord("\t"): "\\t",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord("'"): "\\'",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("/"): "\\/",
}


class NotJson(Exception):
    """A payload that a template reads as JSON, and is not."""


def parse_json(text: str) -> Any:
    """The JSON document `text`.

    Raises:
        NotJson: also for `NaN`, which Python would take, and for nesting no one reads.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def render(
    text: str,
    *,
    body: str,
    parameters: dict[str, dict[str, str]],
    context: dict[str, Any],
    stage_variables: dict[str, str],
) -> str:
    """Render a mapping template over a request's or a response's payload.

    `parameters` holds the maps `path`, `querystring` and `header` of the request. A template that
    sets `$context.requestOverride` or `$context.responseOverride` changes `context`.

    Raises:
        NotJson: when the template reads a payload as JSON that is not.
        velocity.TemplateError: when the template fails otherwise.
    """
    variables = {
        "input": Input(body, parameters),
        "util": Util(),
        "context": context,
        "stageVariables": dict(stage_variables),
    }
    try:
        return velocity.render(text.strip(), variables)
    except velocity.TemplateError as error:
        if isinstance(error.__cause__, NotJson):
            raise error.__cause__ from error
        raise


class Input(TemplateObject):
    """`$input`: the payload and the request's parameters."""

    PROPERTIES = frozenset({"body"})
    METHODS = frozenset({"json", "params", "path"})

    def __init__(self, body: str, parameters: dict[str, dict[str, str]]) -> None:
        # Recorded: without a body, `$input.body` is `{}`.
        self.body = body or "{}"
        self._parameters = parameters

    def json(self, path: str) -> str:
        """`$input.json('$.x')`: what is there, as JSON; `""` when nothing is."""
        found = self._find(path)
        return '""' if found is None else to_json(found)

    def path(self, path: str) -> Any:
        """`$input.path('$.x')`: what is there, as an object to go through."""
        return from_json(self._find(path))

    def params(self, name: str | None = None) -> Any:
        """`$input.params()` or `$input.params('x')`: path, then query string, then header."""
        if name is None:
            return self._parameters
        for place in ("path", "querystring", "header"):
            value = self._parameters.get(place, {}).get(name)
            if value is not None:
                return value
        return ""

    def _find(self, path: str) -> Any:
        spend(1 + len(self.body) // 100)
        return jsonpath.find(self._document(), path)

    def _document(self) -> Any:
        if not hasattr(self, "_parsed"):
            self._parsed = parse_json(self.body)
        return self._parsed


class Util(TemplateObject):
    """`$util`: encoding, decoding and parsing."""

    METHODS = frozenset(
        {
            "base64Decode",
            "base64Encode",
            "escapeJavaScript",
            "parseJson",
            "urlDecode",
            "urlEncode",
        }
    )

    def urlEncode(self, text: Any) -> str:  # noqa: N802 - AWS's name
        """Percent-encode as an HTML form does.

        >>> Util().urlEncode("CHARLIE & LOLA, GIN + TONIC")
        'CHARLIE+%26+LOLA%2C+GIN+%2B+TONIC'
        """
        return "".join(map(URL_ENCODED.__getitem__, to_text(text).encode("utf-8", "replace")))

    def urlDecode(self, text: Any) -> str:  # noqa: N802
        """Undo `urlEncode`."""
        return unquote_plus(to_text(text))

    def base64Encode(self, text: Any) -> str:  # noqa: N802
        """Base64 of the text's UTF-8."""
        return base64.b64encode(to_text(text).encode("utf-8", "replace")).decode()

    def base64Decode(self, text: Any) -> str:  # noqa: N802
        """The UTF-8 text behind Base64."""
        return base64.b64decode(to_text(text)).decode("utf-8", "replace")

    def escapeJavaScript(self, text: Any) -> str:  # noqa: N802
        r"""Escape for a JavaScript string; `'` becomes `\'`, which is not JSON.

        >>> Util().escapeJavaScript("it's")
        "it\\'s"
        """
        return to_text(text).translate(_JavaScript())

    def parseJson(self, text: Any) -> Any:  # noqa: N802
        """The object that JSON text describes."""
        return from_json(parse_json(to_text(text)))


class _JavaScript(dict[int, str]):
    """A translation table: what is not plain ASCII becomes one or two `\\uXXXX`."""

    def __missing__(self, code: int) -> str:
        if code in JAVASCRIPT:
            return JAVASCRIPT[code]
        if 32 <= code < 127:
            return chr(code)
        units = chr(code).encode("utf-16-be", "surrogatepass")
        pairs = (units[at : at + 2] for at in range(0, len(units), 2))
        return "".join(f"\\u{pair.hex().upper()}" for pair in pairs)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
