"""The student's notebooks in the real thing: JupyterLab, in a browser, all cells run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from labkit.course import workbook
from tests.browser.conftest import SCREENSHOTS, VIEW

CHROME = 200  # pixels of menus and bars around a notebook

# What the page's own JavaScript is asked for; `jupyterapp` is JupyterLab itself.
OPEN = """async path => {
    await jupyterapp.started;
    const panel = await jupyterapp.commands.execute('docmanager:open', {path});
    await panel.context.ready;
    await panel.sessionContext.ready;
    window.openedNotebook = panel;
}"""
# Its kernel ends with it, and with that its cloud.
CLOSE = """async () => {
    await openedNotebook.sessionContext.shutdown();
    openedNotebook.dispose();
}"""
RUN_ALL = "async () => { await jupyterapp.commands.execute('notebook:run-all-cells'); }"
SPLASH = "#jupyterlab-splash"
THEME = "async theme => { await jupyterapp.commands.execute('apputils:change-theme', {theme}); }"
OUTPUTS = """() => {
    const found = [];
    const cells = jupyterapp.shell.currentWidget.content.widgets;
    cells.forEach((cell, index) => {
        if (cell.model.type !== 'code') return;
        for (let i = 0; i < cell.model.outputs.length; i++) {
            const output = cell.model.outputs.get(i).toJSON();
            found.push({index, kind: output.output_type, name: output.name || output.ename || '',
                        types: Object.keys(output.data || {})});
        }
    });
    return found;
}"""
RAN = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code').map(cell => cell.model.executionCount)"""
PICTURES = """() => [...document.querySelectorAll(
        '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output img, ' +
        '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output svg')]
    .map(picture => {
        const box = picture.getBoundingClientRect();
        const area = picture.closest('.jp-OutputArea-output').getBoundingClientRect();
        return {loaded: picture.tagName !== 'IMG' || (picture.complete && picture.naturalWidth > 0),
                width: box.width, height: box.height, room: area.width};
    })"""
TABLES = """() => [...document.querySelectorAll(
        '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output table')]
    .map(table => {
        const area = table.closest('.jp-OutputArea-output');
        return {head: table.tHead.innerText, wide: area.scrollWidth > area.clientWidth};
    })"""


@contextmanager
def opened(page: Page, name: str) -> Iterator[None]:
    """One notebook, with its kernel ready, as long as somebody looks at it."""
    page.set_viewport_size(VIEW)
    page.evaluate(OPEN, name)
    yield
    page.evaluate(CLOSE)


def photograph(page: Page, name: str) -> None:
    """Keep a picture of the whole notebook, in the light and in the dark theme."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
    height = notebook.evaluate("it => it.scrollHeight")
    page.set_viewport_size({"width": VIEW["width"], "height": height + CHROME})
    notebook.evaluate("it => { it.scrollTop = 0; }")
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(THEME, theme)
        page.wait_for_selector(SPLASH, state="detached")  # a veil, while the theme changes
        shade = theme.split()[-1].lower()
        page.screenshot(path=SCREENSHOTS / f"{Path(name).stem}-{shade}.png")


@pytest.mark.parametrize("name", [path.name for path in workbook.paths()])
def test_a_students_notebook_runs_in_jupyterlab(page: Page, name: str):
    """All cells of the blank notebook run without an error; all pictures are there, and fit."""
    with opened(page, name):
        page.evaluate(RUN_ALL)
        assert None not in page.evaluate(RAN)
        outputs: list[dict[str, Any]] = page.evaluate(OUTPUTS)
        assert [each for each in outputs if each["kind"] == "error"] == []
        assert [each for each in outputs if each["name"] == "stderr"] == []
        drawn = sum(any(kind.startswith("image/") for kind in each["types"]) for each in outputs)
        pictures = page.evaluate(PICTURES)
        assert drawn >= 2
        assert len(pictures) >= drawn
        for picture in pictures:
            assert picture["loaded"], picture
            assert 0 < picture["width"] <= picture["room"] + 1, picture
            assert picture["height"] > 0, picture
        assert [table for table in page.evaluate(TABLES) if table["wide"]] == []
        photograph(page, name)


def test_the_glossary_is_a_click_away(page: Page):
    """The link at the top of a notebook leads to it, and it opens to be read, as a table."""
    page.evaluate(THEME, "JupyterLab Light")
    with opened(page, workbook.paths()[0].name):
        page.get_by_role("link", name="glossary").click()
        table = page.locator(".jp-MarkdownViewer table")
        table.wait_for()
        assert table.locator("td", has_text="visibility timeout").count() == 1
        page.screenshot(path=SCREENSHOTS / "glossary-light.png")
