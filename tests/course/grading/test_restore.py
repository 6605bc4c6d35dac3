"""A submitted notebook gets the workbook's locked cells back."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode

from labkit.course.grading import course
from labkit.course.grading.course import Assignment
from labkit.course.grading.restore import CONNECT, Restored, restore
from labkit.course.grading.submitted import parse
from tests.course.grading.handed_in import NAME, answered, blank, check_cell


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """Notebook 02 as the workbook has it."""
    return next(each for each in course.load() if each.name == NAME)


def restored(notebook: NotebookNode, assignment: Assignment, student_id: str = "") -> Restored:
    """A handed-in notebook, ready to run."""
    return restore(parse(notebook), assignment, release=course.release(), student_id=student_id)


def parameters_of(notebook: NotebookNode) -> NotebookNode:
    """The cell with the parameters."""
    return next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))


def checks(found: Restored) -> list[str]:
    """The exercises in the order in which they are checked."""
    return [step.exercise for step in found.steps if step.exercise]


def test_a_notebook_as_it_was_handed_out(assignment: Assignment):
    """Nothing is said of it; each exercise is checked once, in order, by the workbook's cell."""
    found = restored(blank(), assignment)
    assert found.notes == () and found.lost == {}
    assert checks(found) == [task.id for task in assignment.tasks]
    locked = {cell.grade_id: cell.source for cell in assignment.locked}
    for step in found.steps:
        assert not step.exercise or step.source == locked[f"{step.exercise}-check"]
    assert [step.role for step in found.steps].count(CONNECT) == 1


def test_no_solution_is_taken_from_the_workbook(assignment: Assignment):
    """The steps of a blank notebook hold nothing of what stands between the markers."""
    assert not [step for step in restored(blank(), assignment).steps if "SOLUTION" in step.source]
    assert all("SOLUTION" not in cell.source for cell in assignment.locked)


def test_a_changed_check_is_restored_and_lost(assignment: Assignment):
    """The exercise loses its points; blanks at the end of a line are no change."""
    notebook = answered()
    check_cell(notebook, "q2_1").source = "check.q2_1(lab, 'https://forged')"
    check_cell(notebook, "q2_2").source += "  \n"
    found = restored(notebook, assignment)
    assert found.lost == {"q2_1": "Its check cell was changed."}
    assert found.notes == ("The check cell of q2_1 of 02_queue had been changed; it was restored.",)
    assert "forged" not in "".join(step.source for step in found.steps)


def test_a_missing_check_comes_back_after_its_answer(assignment: Assignment):
    """That costs nothing."""
    notebook = answered()
    notebook.cells.remove(check_cell(notebook, "q2_1"))
    found = restored(notebook, assignment)
    assert found.lost == {}
    assert found.notes == ("The check cell of q2_1 of 02_queue was missing; it was restored.",)
    assert found.steps == restored(answered(), assignment).steps


def test_a_check_that_became_text_runs(assignment: Assignment):
    """A check cell whose type was changed is code again, and counts as changed."""
    notebook = answered()
    check_cell(notebook, "q2_1").cell_type = "markdown"
    found = restored(notebook, assignment)
    assert "q2_1" in found.lost and "q2_1" in checks(found)


def test_the_last_copy_of_a_check_runs(assignment: Assignment):
    """Copies are named, and only one is left."""
    notebook = answered()
    notebook.cells.insert(3, check_cell(notebook, "q2_1"))
    found = restored(notebook, assignment)
    assert found.steps == restored(answered(), assignment).steps
    assert "stood there 2 times" in found.notes[0]


def test_parameters_and_connection_are_restored(assignment: Assignment):
    """Who connects to another cloud, or to none, is connected to the session's."""
    notebook = answered()
    (connecting,) = (cell for cell in notebook.cells if "labkit.connect" in cell.source)
    connecting.source = connecting.source.replace("connect(target", "connect('aws'")
    notebook.cells.remove(parameters_of(notebook))
    found = restored(notebook, assignment)
    assert found.steps == restored(answered(), assignment).steps
    assert [note.split(" of ")[0] for note in found.notes] == [
        "The cell with the parameters",
        "The cell that connects",
    ]


def test_the_students_own_parameters_are_no_change(assignment: Assignment):
    """A student_id in the parameters is as it should be."""
    notebook = answered()
    parameters = parameters_of(notebook)
    parameters.source = parameters.source.replace('student_id = ""', 'student_id = "s01"')
    assert restored(notebook, assignment, "s01").notes == ()


@pytest.mark.parametrize(
    ("worked", "graded", "note"),
    [
        ("s02", "s01", "with the student_id 's02', and graded with 's01'"),
        ("", "s01", "without a student_id, and graded with 's01'"),
        ("s02", "", "with the student_id 's02', and graded without one"),
    ],
)
def test_another_student_id_is_named(assignment: Assignment, worked: str, graded: str, note: str):
    """Answers to other orders than those that are graded would be wrong without a reason."""
    notebook = answered()
    cell = parameters_of(notebook)
    cell.source = cell.source.replace('student_id = ""', f'student_id = "{worked}"')
    (said,) = restored(notebook, assignment, graded).notes
    assert note in said


def test_what_is_set_before_the_connection_does_not_count(assignment: Assignment):
    """The session sets the parameters at the cell that connects, wherever else they are set."""
    notebook = answered()
    other = nbformat.v4.new_code_cell('target = "aws"\nstudent_id = "s99"')
    other.metadata["tags"] = ["injected-parameters"]
    notebook.cells.insert(1, other)
    roles = [step.role for step in restored(notebook, assignment).steps]
    assert roles.index(CONNECT) > 1 and roles.count(CONNECT) == 1


def without_marks(notebook: NotebookNode, *, cell_ids: bool) -> NotebookNode:
    """A notebook as a program leaves it that keeps no metadata of cells."""
    for number, cell in enumerate(notebook.cells):
        cell.metadata = {}
        if not cell_ids:
            cell.id = f"new-{number}"
    return notebook


@pytest.mark.parametrize("cell_ids", [True, False])
def test_without_marks_each_check_stays_where_it_was(assignment: Assignment, cell_ids: bool):
    """Checks are known by their code, so that each runs once, after its answer."""
    found = restored(without_marks(answered(), cell_ids=cell_ids), assignment)
    assert found.steps == restored(answered(), assignment).steps
    assert found.lost == {}
    assert found.notes == (
        "02_queue has lost its cells' marks; its checks were found by their code.",
    )


@pytest.mark.parametrize("cell_ids", [True, False])
def test_without_marks_a_missing_check_comes_back_after_its_answer(
    assignment: Assignment, cell_ids: bool
):
    """Also where nothing tells which cell the answer is."""
    notebook = answered()
    notebook.cells.remove(check_cell(notebook, "q2_2"))
    steps = restored(without_marks(notebook, cell_ids=cell_ids), assignment).steps
    order = [step.exercise for step in steps]
    answer = next(i for i, step in enumerate(steps) if step.source.startswith("dead_letters_url ="))
    assert answer < order.index("q2_2") < order.index("q2_3")


def test_an_answer_cell_that_is_missing_is_named(assignment: Assignment):
    """It does not come back blank, since the answer may stand in another cell."""
    notebook = answered()
    notebook.cells = [cell for cell in notebook.cells if "returns_url = ..." not in cell.source]
    found = restored(notebook, assignment)
    assert found.notes == ("The answer cell of q2_1 is missing in 02_queue.",)
    assert checks(found) == [task.id for task in assignment.tasks]


@pytest.mark.parametrize(
    ("release", "note"),
    [
        ("0.0.1", f"02_queue is of release 0.0.1; this is {course.release()}."),
        ("", f"02_queue does not say of which release it is; this is {course.release()}."),
    ],
)
def test_an_older_release_is_named(assignment: Assignment, release: str, note: str):
    """A check that an older release had otherwise was not changed by the student."""
    notebook = answered()
    notebook.metadata["labkit"]["release"] = release
    check_cell(notebook, "q2_1").source = "check.q2_1(lab, queue=returns_url)"
    found = restored(notebook, assignment)
    assert found.notes[0] == note
    assert ("q2_1" in found.lost) is not bool(release)


def test_every_notebook_of_the_workbook_has_its_locked_cells():
    """Each has one cell with parameters, one that connects, and a check for each exercise."""
    for assignment in course.load():
        parameters = [cell for cell in assignment.locked if course.is_parameters(cell)]
        connecting = [cell for cell in assignment.locked if course.is_connect(cell)]
        assert len(parameters) == len(connecting) == 1, assignment.name
        assert len(assignment.locked) == 2 + len(assignment.tasks), assignment.name
