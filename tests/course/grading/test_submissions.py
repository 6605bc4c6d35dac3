"""What a folder of submissions may look like, and what is said of what cannot be graded."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest

from labkit.course.grading import course, folders, submissions
from labkit.course.grading.course import Assignment
from labkit.course.grading.submissions import Submission
from labkit.course.grading.submitted import Unreadable, parse, read
from labkit.errors import GradingError
from tests.course.grading.handed_in import NAME, blank, hand_in


@pytest.fixture(scope="module")
def assignments() -> list[Assignment]:
    """What the workbook asks for."""
    return course.load()


def find_one(folder: Path, assignments: list[Assignment]) -> Submission:
    """The only submission in a folder."""
    (found,) = submissions.find(folder, assignments)
    return found


def test_a_folder_a_student(tmp_path: Path, assignments: list[Assignment]):
    """Each folder is a student's, whose name is the student_id; files beside them are nobody's."""
    hand_in(blank(), tmp_path / "s01")
    path = hand_in(blank(), tmp_path / "s02")
    (tmp_path / "notes.txt").write_text("of the instructor")
    (tmp_path / ".git").mkdir()
    first, second = submissions.find(tmp_path, assignments)
    assert (first.student, second.student) == ("s01", "s02")
    assert second == Submission("s02", "s02", {NAME: path})


def test_nbgraders_layout(tmp_path: Path, assignments: list[Assignment]):
    """submitted/<student>/<assignment>/<notebook> is found, from above and from within."""
    path = hand_in(blank(), tmp_path / "submitted" / "s01" / "lab")
    assert find_one(tmp_path, assignments).notebooks == {NAME: path}
    assert find_one(tmp_path / "submitted", assignments).notebooks == {NAME: path}


def test_jupyters_checkpoints_are_no_copies(tmp_path: Path, assignments: list[Assignment]):
    """What JupyterLab keeps beside a notebook is not handed in."""
    hand_in(blank(), tmp_path / "s01")
    hand_in(blank(), tmp_path / "s01" / ".ipynb_checkpoints", name=f"{NAME}-checkpoint.ipynb")
    assert find_one(tmp_path, assignments).failures == ()


def test_no_submissions_at_all(tmp_path: Path, assignments: list[Assignment]):
    """A folder without folders is refused with what it should hold."""
    with pytest.raises(GradingError, match="one folder for each student"):
        submissions.find(tmp_path, assignments)


def test_an_empty_folder_is_named(tmp_path: Path, assignments: list[Assignment]):
    """A student without a notebook is a failure of that student alone."""
    (tmp_path / "s01").mkdir()
    hand_in(blank(), tmp_path / "s02")
    empty, good = submissions.find(tmp_path, assignments)
    assert empty.failures == ("The folder has no notebook in it.",)
    assert not good.failures


def left_out(found: Submission) -> list[str]:
    """What is said of files that were not taken."""
    return [note for note in found.notes if note.endswith("it was left out.")]


def test_what_is_not_taken_is_named(tmp_path: Path, assignments: list[Assignment]):
    """What may be meant as a notebook is named, and why it was left out; other files are not."""
    home = tmp_path / "s01"
    hand_in(blank(), home)
    deep = home / "1" / "2" / "3" / "4" / "5"
    deep.mkdir(parents=True)
    (home / "__MACOSX").mkdir()
    for name in ("notes.txt", "mine.py", "__MACOSX/02_queue.ipynb", ".hidden.ipynb"):
        (home / name).write_text("{}")
    for name in ("work.ZIP", "04_order_writer.ipynb.json"):
        (home / name).write_text("{}")
    (home / "linked").symlink_to(deep)
    os.mkfifo(home / "pipe.ipynb")
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(other, home / "02_queue (1).ipynb")
    found = find_one(tmp_path, assignments)
    assert list(found.notebooks) == [NAME] and found.failures == ()
    assert left_out(found) == [
        "04_order_writer.ipynb.json is no file whose name ends with .ipynb; it was left out.",
        "1/2/3/4/5 lies too deep; it was left out.",
        "linked is a link to a folder; it was left out.",
        "pipe.ipynb is no file whose name ends with .ipynb; it was left out.",
        "work.ZIP is packed, so unpack it; it was left out.",
        "02_queue (1).ipynb is none of the workbook's; it was left out.",
    ]


def test_a_folder_with_nothing_but_an_archive(tmp_path: Path, assignments: list[Assignment]):
    """Nothing can be graded, and the reason names the archive."""
    (tmp_path / "s01").mkdir()
    (tmp_path / "s01" / "work.zip").write_bytes(b"PK")
    assert find_one(tmp_path, assignments).failures == (
        "The folder has no notebook in it. work.zip is packed, so unpack it; it was left out.",
    )


def test_a_folder_without_end(
    tmp_path: Path, assignments: list[Assignment], monkeypatch: pytest.MonkeyPatch
):
    """From some file on nothing is looked at, and that is said; so are at most twenty files."""
    monkeypatch.setattr(folders, "MOST", 30)
    hand_in(blank(), tmp_path / "s01")
    for number in range(100):
        (tmp_path / "s01" / f"{number:03}.zip").touch()
    found = find_one(tmp_path, assignments)
    assert found.failures == (
        "The folder has no notebook in it. "
        + " ".join(f"{n:03}.zip is packed, so unpack it; it was left out." for n in range(20))
        + " 11 more were left out.",
    )


def test_what_lies_beside_the_folders_is_named(tmp_path: Path, assignments: list[Assignment]):
    """Archives, notebooks and links that are in no student's folder."""
    hand_in(blank(), tmp_path / "submitted" / "s01")
    for name in ("s02.zip", "02_queue.ipynb", "notes.txt", "submitted/s03.tgz", ".hidden.zip"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "s04").symlink_to(tmp_path / "submitted" / "s01")
    assert submissions.strays(tmp_path) == ["02_queue.ipynb", "s02.zip", "s04", "submitted/s03.tgz"]


def test_names_that_are_no_text(tmp_path: Path, assignments: list[Assignment]):
    """A folder's name is one line that can be printed and written, whatever it was."""
    hand_in(blank(), tmp_path / "eve\nanna: 3 of 3 points\x1b[2K")
    (tmp_path / os.fsdecode(b"\xff\xfe")).mkdir()
    names = [each.student for each in submissions.find(tmp_path, assignments)]
    assert names == ["??", "eve anna: 3 of 3 points?[2K"]


def test_a_notebook_without_marks_is_recognised(tmp_path: Path, assignments: list[Assignment]):
    """Where a program has removed the metadata, the checks that it calls say which one it is."""
    notebook = blank()
    for cell in notebook.cells:
        cell.metadata = {}
    path = hand_in(notebook, tmp_path / "s01", name="Queue (1).ipynb")
    assert find_one(tmp_path, assignments).notebooks == {NAME: path}


def test_a_folder_that_breaks_the_reader(
    tmp_path: Path, assignments: list[Assignment], monkeypatch: pytest.MonkeyPatch
):
    """Whatever goes wrong with one folder is named there, and the others are graded."""

    def recognise(path: Path, assignments: list[Assignment]) -> tuple[str, list[str]]:
        if path.parent.name == "s01":
            raise ZeroDivisionError("by zero")
        return NAME, []

    hand_in(blank(), tmp_path / "s01")
    path = hand_in(blank(), tmp_path / "s02")
    monkeypatch.setattr(submissions, "_recognise", recognise)
    bad, good = submissions.find(tmp_path, assignments)
    assert bad.failures == ("The folder cannot be read (ZeroDivisionError: by zero).",)
    assert bad.notebooks == {} and good.notebooks == {NAME: path}


@pytest.mark.parametrize("other", ["Anna", "submitted/anna"])
def test_two_submissions_of_one_student(tmp_path: Path, assignments: list[Assignment], other: str):
    """Nobody can tell which one counts, so neither is graded and both are named."""
    hand_in(blank(), tmp_path / "anna")
    hand_in(blank(), tmp_path / other / "lab")
    found = find_one(tmp_path, assignments)
    assert found.notebooks == {}
    (reason,) = found.failures
    assert "There are 2 submissions" in reason and "anna" in reason and other in reason


def test_two_copies_of_a_notebook(tmp_path: Path, assignments: list[Assignment]):
    """Neither copy is graded; both are named."""
    hand_in(blank(), tmp_path / "s01")
    hand_in(blank(), tmp_path / "s01", name="02_queue-Copy1.ipynb")
    found = find_one(tmp_path, assignments)
    assert found.notebooks == {}
    assert found.failures == (
        "There are 2 copies of 02_queue: 02_queue-Copy1.ipynb and 02_queue.ipynb. Keep one.",
    )


def test_a_renamed_notebook_is_recognised(tmp_path: Path, assignments: list[Assignment]):
    """The exercises in it say which one it is, even under the name of another."""
    path = hand_in(blank(), tmp_path / "s01", name="03_api.ipynb")
    found = find_one(tmp_path, assignments)
    assert found.notebooks == {NAME: path}
    assert found.notes == ("03_api.ipynb was recognised as 02_queue.",)


def test_a_file_that_is_no_notebook_is_named(tmp_path: Path, assignments: list[Assignment]):
    """The others of the same student are graded."""
    hand_in(blank(), tmp_path / "s01")
    (tmp_path / "s01" / "broken.ipynb").write_text("PK\x03\x04 no JSON")
    found = find_one(tmp_path, assignments)
    assert list(found.notebooks) == [NAME]
    assert found.failures == ("broken.ipynb cannot be graded: it is not JSON, so no notebook.",)


def test_an_unknown_exercise_is_named(tmp_path: Path, assignments: list[Assignment]):
    """An exercise that the workbook does not have is told, and the rest graded."""
    notebook = blank()
    cell = nbformat.v4.new_code_cell("check.q9_9(lab, 1)")
    cell.metadata["nbgrader"] = {"grade_id": "q9_9-check", "grade": True, "locked": True}
    notebook.cells.append(cell)
    hand_in(notebook, tmp_path / "s01")
    found = find_one(tmp_path, assignments)
    assert list(found.notebooks) == [NAME]
    assert found.notes == ("02_queue.ipynb has exercises that the workbook does not: q9_9.",)


def test_a_name_that_is_no_student_id(tmp_path: Path, assignments: list[Assignment]):
    """The class's common names are used, and that is said; as with --no-student-ids, unsaid."""
    hand_in(blank(), tmp_path / "Anna Smith")
    found = find_one(tmp_path, assignments)
    assert found.student_id == "" and "cannot be a student_id" in found.notes[0]
    (found,) = submissions.find(tmp_path, assignments, student_ids=False)
    assert (found.student_id, found.notes) == ("", ())


def test_links_lead_nowhere(tmp_path: Path, assignments: list[Assignment]):
    """A link to another student's notebook, or to any file, is not followed."""
    path = hand_in(blank(), tmp_path / "s01")
    (tmp_path / "s02").mkdir()
    (tmp_path / "s02" / path.name).symlink_to(path)
    (tmp_path / "s03").symlink_to(tmp_path / "s01")
    good, linked = submissions.find(tmp_path, assignments)
    assert good.notebooks
    assert linked.notebooks == {}
    assert "it is a link to another file" in linked.failures[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "no notebook"),
        ({"nbformat": 3, "worksheets": []}, "format 4"),
        ({"nbformat": 4, "cells": 7}, "format 4"),
    ],
)
def test_json_that_is_no_notebook(content: object, reason: str):
    """JSON of another form is refused with the reason."""
    with pytest.raises(Unreadable, match=reason):
        parse(content)


def test_a_notebook_is_believed_in_nothing():
    """Fields of another type than a notebook's are taken for absent or for text."""
    cells = [7, {"metadata": [], "source": 5}, {"metadata": {"nbgrader": "x", "tags": 3}}]
    notebook = parse({"nbformat": 4, "cells": cells, "metadata": {"labkit": "x"}})
    assert [cell.source for cell in notebook.cells] == ["", "5", ""]
    assert notebook.exercises == [] and notebook.release == ""


def test_halves_of_characters_are_no_text():
    """JSON can name them; a kernel would not take the cell, and the others would not be graded."""
    cell = {"cell_type": "code", "source": json.loads('["told =\\t\'\\ud800\\ude00", "\\udfff\'"]')}
    assert parse({"nbformat": 4, "cells": [cell]}).cells[0].source == "told =\t'\U00010200?'"


def test_json_that_is_too_deep(tmp_path: Path):
    """JSON that no reader comes to the bottom of is no notebook."""
    path = tmp_path / "deep.ipynb"
    path.write_text("[" * 200_000)
    with pytest.raises(Unreadable, match="not JSON"):
        read(path)


def test_a_notebook_that_is_too_large(tmp_path: Path):
    """A file of a gigabyte is not even opened."""
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(Unreadable, match="it has 1024 MB"):
        read(path)


def test_a_notebook_of_a_million_cells(tmp_path: Path):
    """It is small enough as a file, and no notebook that a person has worked on."""
    path = tmp_path / "many.ipynb"
    path.write_text(f'{{"nbformat": 4, "cells": [{",".join(["{}"] * 2001)}]}}')
    with pytest.raises(Unreadable, match="it has 2001 cells, and a notebook at most 2000"):
        read(path)


def test_a_notebook_that_takes_more_memory_than_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """That is told of the notebook; grading goes on."""

    def loads(_: bytes) -> object:
        raise MemoryError

    path = hand_in(blank(), tmp_path)
    monkeypatch.setattr("labkit.course.grading.submitted.json.loads", loads)
    with pytest.raises(Unreadable, match="more memory than there is"):
        read(path)


def test_shards_are_the_class(tmp_path: Path, assignments: list[Assignment]):
    """The parts are the same at each call, of about the same size, and together everybody."""
    for number in range(7):
        hand_in(blank(), tmp_path / f"s{number}")
    found = submissions.find(tmp_path, assignments)
    parts = [submissions.shard(found, number, 3) for number in (1, 2, 3)]
    assert [len(part) for part in parts] == [3, 2, 2]
    assert sorted(each.student for part in parts for each in part) == [f"s{n}" for n in range(7)]
    shutil.rmtree(tmp_path / "s6")
    assert submissions.shard(submissions.find(tmp_path, assignments), 2, 3) == parts[1]


def test_a_notebook_is_json_for_everybody(tmp_path: Path):
    """What nbformat writes is read as it was written."""
    notebook = blank()
    path = hand_in(notebook, tmp_path)
    assert [cell.source for cell in read(path).cells] == [cell.source for cell in notebook.cells]
    assert read(path).release == json.loads(path.read_text())["metadata"]["labkit"]["release"]
