"""What a student builds is what the pipeline builds: the code of notebook 03 and `api.build`."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import nbformat

from labkit.course import workbook
from labkit.pipeline import api


def test_the_students_api_answers_as_the_pipelines_does():
    """The template of the request, and every answer to what SQS says, letter by letter."""
    notebook = nbformat.read(workbook.NOTEBOOKS / "03_api.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    gateway = MagicMock()
    scope: dict[str, Any] = {"apigateway": gateway, "api": {"id": "a1"}, "post": {}}
    for cell in ("03-15", "03-35", "03-51"):
        exec(sources[cell], scope)
    answers = {
        call.kwargs.pop("statusCode"): call.kwargs
        for call in gateway.put_integration_response.call_args_list
    }
    assert answers == api.RESPONSES
    [changed] = gateway.update_integration.call_args_list
    assert changed.kwargs["patchOperations"][0]["value"] == api.REQUEST_TEMPLATE
