"""A linter of the course's notebooks: one function, and one code, for each rule of their style.

python -m tests.notebooks.lint notebooks/02_queue.ipynb
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import nbformat
from nbformat import NotebookNode

from labkit.course import workbook
from labkit.errors import NotebookError

LONGEST, USUAL = 20, 6  # lines of a code cell: the most, and the median at most
IGNORED_SHARE = 1 / 20  # of the code cells may keep their outputs out of the comparison

FRAME = (
    r"# .+\n",
    r"## Parameters\n",
    r"## Connect\n",
    r"## Step 1: ",
    r"## Check\n",
    r"## Exercises\n",
    r"## Recap\n",
    r"\*\*On AWS you would also\*\*",
    r"## Clean up\n",
)
OPENING = (r"\*\*Time:\*\* \d+ minutes", r"\*\*You need:\*\*", r"\[glossary\]\(glossary\.md\)")
PREDICTION = re.compile(r"\bguess\b|do you expect|Before you run|do you think|[Tt]ry to tell")
FORBIDDEN = {
    "sleeps": re.compile(r"\bsleep\("),
    "uses a magic": re.compile(r"^\s*[%!]", re.MULTILINE),
    "downloads": re.compile(r"https?://(?!127\.0\.0\.1|sns\.)"),
}
PATH = re.compile(
    r"(?<![\w.~$}/:*])/(?:home/|work/|root/|tmp/|usr/|Users/|mnt/|var/(?!task/|lang/))|[A-Z]:\\\\|file://"
)
SHOUTING = re.compile(r"^#+ (?:Step \d+: |\d+\. )?.*", re.MULTILINE)
NAMES = {"AWS", "API", "SQS", "SNS", "Lambda", "DynamoDB", "CloudWatch", "IAM", "HTTP", "JSON"}
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")

Cells = Sequence[NotebookNode]


@dataclass(frozen=True)
class Finding:
    """What breaks a rule: the rule's code, the cell's number (0 is the first), and why."""

    code: str
    cell: int
    why: str


def lint(notebook: NotebookNode) -> list[Finding]:
    """Everything in a notebook that breaks a rule."""
    return [finding for rule in RULES.values() for finding in rule(notebook.cells)]


def frame(cells: Cells) -> Iterator[Finding]:
    """LAB01: title, parameters, connect, steps, check, exercises, recap, clean-up, in order."""
    prose = "\n".join(cell.source + "\n" for cell in cells if cell.cell_type == "markdown")
    at = 0
    for part in FRAME:
        found = re.compile(rf"^{part}", re.MULTILINE).search(prose, at)
        if found is None:
            yield Finding("LAB01", 0, f"{part!r} is missing, or not in its place")
        else:
            at = found.start()
    for part in OPENING:
        if not re.search(part, cells[0].source):
            yield Finding("LAB01", 0, f"the opening lacks {part!r}")


def picture(cells: Cells) -> Iterator[Finding]:
    """LAB02: what is built today is lit in a picture, at the beginning and at the end."""
    shown = [i for i, cell in enumerate(cells) if "show.pipeline(lab, highlight=" in cell.source]
    if not shown or shown[0] > 6:
        yield Finding("LAB02", 0, "no picture at the beginning")
    if len(shown) < 2:
        yield Finding("LAB02", len(cells) - 1, "no picture in the recap")


def length(cells: Cells) -> Iterator[Finding]:
    """LAB03: a code cell has at most 20 lines, and usually 6 or fewer."""
    lines = {i: len(cell.source.splitlines()) for i, cell in _code(cells)}
    for index, count in lines.items():
        if count > LONGEST:
            yield Finding("LAB03", index, f"{count} lines")
    if lines and median(lines.values()) > USUAL:
        yield Finding("LAB03", 0, f"the median cell has {median(lines.values())} lines")


def prose_first(cells: Cells) -> Iterator[Finding]:
    """LAB04: prose before each code cell; only the check of an exercise follows its answer."""
    for index, cell in _code(cells):
        is_check = cell.metadata.get("nbgrader", {}).get("grade", False)
        if not is_check and (index == 0 or cells[index - 1].cell_type != "markdown"):
            yield Finding("LAB04", index, "no prose before it")


def check_after_exercise(cells: Cells) -> Iterator[Finding]:
    """LAB05: two or three exercises; each is followed by its locked one-line check."""
    try:
        exercises = workbook.exercises(nbformat.v4.new_notebook(cells=list(cells)))
    except NotebookError as error:
        yield Finding("LAB05", 0, str(error))
        return
    if not 2 <= len(exercises) <= 3:
        yield Finding("LAB05", 0, f"{len(exercises)} exercises")
    for found in exercises:
        check = cells[found.check]
        if found.check != found.answer + 1 or "\n" in check.source:
            yield Finding("LAB05", found.answer, "its check is not the line after it")
        if not check.metadata["nbgrader"]["locked"]:
            yield Finding("LAB05", found.check, "it is not locked")


def alternative_text(cells: Cells) -> Iterator[Finding]:
    """LAB06: whoever does not see a picture is told what it shows."""
    for index, cell in enumerate(cells):
        if cell.cell_type == "markdown" and re.search(
            r"!\[\s*\]\(|<img(?![^>]*\balt=)", cell.source
        ):
            yield Finding("LAB06", index, "an image without alternative text")
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            pictures = [kind for kind in data if kind.startswith("image/")]
            html = "".join(data.get("text/html", ""))
            text = "".join(data.get("text/plain", ""))
            if pictures and (not text or ADDRESS.search(text) or text.startswith("<")):
                yield Finding("LAB06", index, "a picture without a text beside it")
            if re.search(r"<img(?![^>]*\balt=)", html):
                yield Finding("LAB06", index, "a picture without alternative text")


def forbidden(cells: Cells) -> Iterator[Finding]:
    """LAB07: no sleep, no magic, no download in a cell."""
    for index, cell in _code(cells):
        for why, pattern in FORBIDDEN.items():
            if pattern.search(cell.source):
                yield Finding("LAB07", index, why)


def paths(cells: Cells) -> Iterator[Finding]:
    """LAB08: no path of anybody's machine, in what is written and in what is shown."""
    for index, cell in enumerate(cells):
        if PATH.search(cell.source) or any(map(PATH.search, _shown(cell))):
            yield Finding("LAB08", index, "an absolute path")


def prediction(cells: Cells) -> Iterator[Finding]:
    """LAB09: at least once the reader is asked for a guess before a run."""
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    if not any(map(PREDICTION.search, prose)):
        yield Finding("LAB09", 0, "nothing is asked before a run")


def headings(cells: Cells) -> Iterator[Finding]:
    """LAB10: headings are in sentence case."""
    for index, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        for found in SHOUTING.findall(cell.source):
            words = re.sub(r"`[^`]*`|^#+ (?:Step \d+: |\d+\. )?", "", found).split()[1:]
            loud = [word for word in words if word[:1].isupper() and word.strip(":,.") not in NAMES]
            if loud:
                yield Finding("LAB10", index, f"capitals in a heading: {' '.join(loud)}")


def outputs(cells: Cells) -> Iterator[Finding]:
    """LAB11: stored outputs are those of a good run: no error, no stderr, no address in memory."""
    for index, cell in _code(cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" or output.get("name") == "stderr":
                yield Finding("LAB11", index, f"{output.output_type} is stored")
        if any(map(ADDRESS.search, _shown(cell))):
            yield Finding("LAB11", index, "an address in memory is shown")


def compared(cells: Cells) -> Iterator[Finding]:
    """LAB12: at most one cell in twenty keeps its output out of the comparison, with a reason."""
    code = list(_code(cells))
    ignored = [(i, cell) for i, cell in code if _is_ignored(cell)]
    if len(ignored) > len(code) * IGNORED_SHARE:
        yield Finding("LAB12", ignored[0][0], f"{len(ignored)} of {len(code)} are not compared")
    for index, cell in ignored:
        if not cell.metadata.get("nbval-reason"):
            yield Finding("LAB12", index, "no reason in its metadata, nbval-reason")


Rule = Callable[[Cells], Iterator[Finding]]

RULES: dict[str, Rule] = {
    str(rule.__doc__).partition(":")[0]: rule
    for rule in (
        frame,
        picture,
        length,
        prose_first,
        check_after_exercise,
        alternative_text,
        forbidden,
        paths,
        prediction,
        headings,
        outputs,
        compared,
    )
}


def _code(cells: Cells) -> Iterator[tuple[int, NotebookNode]]:
    return ((i, cell) for i, cell in enumerate(cells) if cell.cell_type == "code")


def _shown(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", ()):
        yield "".join(output.get("text", ""))
        for kind, data in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield "".join(data)


def _is_ignored(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", ())
    return "nbval-ignore-output" in tags or "NBVAL_IGNORE_OUTPUT" in cell.source


if __name__ == "__main__":
    for argument in sys.argv[1:] or workbook.paths():
        for finding in lint(nbformat.read(argument, as_version=4)):
            sys.stdout.write(f"{argument}: cell {finding.cell}: {finding.code} {finding.why}\n")
