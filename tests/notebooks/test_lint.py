"""The notebooks keep the rules of their style, and the linter notices when one does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from labkit.course import workbook
from tests.notebooks.lint import RULES, lint

QUEUE = workbook.NOTEBOOKS / "02_queue.ipynb"


@pytest.mark.parametrize("path", workbook.paths(), ids=lambda path: path.stem)
def test_notebook_keeps_every_rule(path: Path):
    """No finding, with any code."""
    assert lint(nbformat.read(path, as_version=4)) == []


def no_recap(notebook: NotebookNode) -> None:
    """The recap goes."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("## Recap", "## And so on")


def no_picture(notebook: NotebookNode) -> None:
    """The pictures go."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("show.pipeline", "show.queue")


def long_cell(notebook: NotebookNode) -> None:
    """A cell of 21 lines."""
    _code(notebook).source = "\n".join(["1"] * 21)


def no_prose(notebook: NotebookNode) -> None:
    """Code after code."""
    notebook.cells.insert(notebook.cells.index(_code(notebook)), nbformat.v4.new_code_cell("1"))


def check_is_gone(notebook: NotebookNode) -> None:
    """An exercise without its check."""
    found = workbook.exercises(notebook)[0]
    del notebook.cells[found.check]


def no_alternative_text(notebook: NotebookNode) -> None:
    """A picture that only shows."""
    notebook.cells[0].source += "\n![](picture.png)"


def sleeps(notebook: NotebookNode) -> None:
    """A cell that sleeps."""
    _code(notebook).source += "\ntime.sleep(5)"


def absolute_path(notebook: NotebookNode) -> None:
    """A folder of the author's."""
    _code(notebook).source += "\nopen('/Users/' + NAME)"


def no_prediction(notebook: NotebookNode) -> None:
    """Nobody is asked anything."""
    for cell in notebook.cells:
        for word in ("guess", "do you expect", "Before you run", "do you think"):
            cell.source = cell.source.replace(word, "")


def title_case(notebook: NotebookNode) -> None:
    """A heading like a film's."""
    notebook.cells[0].source = notebook.cells[0].source.replace("The queue", "The Great Queue")


def error_output(notebook: NotebookNode) -> None:
    """An output that no reader should see."""
    _code(notebook).outputs = [nbformat.v4.new_output("stream", name="stderr", text="warning")]


def not_compared(notebook: NotebookNode) -> None:
    """A cell that is not compared, without a reason."""
    _code(notebook).metadata["tags"] = ["nbval-ignore-output"]


BREAKS = {
    "LAB01": no_recap,
    "LAB02": no_picture,
    "LAB03": long_cell,
    "LAB04": no_prose,
    "LAB05": check_is_gone,
    "LAB06": no_alternative_text,
    "LAB07": sleeps,
    "LAB08": absolute_path,
    "LAB09": no_prediction,
    "LAB10": title_case,
    "LAB11": error_output,
    "LAB12": not_compared,
}


@pytest.mark.parametrize("code", RULES)
def test_a_broken_rule_is_found(code: str):
    """Each rule has a notebook that breaks it, and is named with its code."""
    notebook = nbformat.read(QUEUE, as_version=4)
    break_it: Callable[[NotebookNode], None] = BREAKS[code]
    break_it(notebook)
    assert code in {finding.code for finding in lint(notebook)}


def _code(notebook: NotebookNode) -> NotebookNode:
    return next(cell for cell in notebook.cells[5:] if cell.cell_type == "code")
