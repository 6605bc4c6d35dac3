"""Tables that display themselves."""

from __future__ import annotations

import pandas as pd

from labkit.show.frames import LONGEST_CELL, build_frame


def test_columns_stay_without_rows():
    """An empty table has all its columns and says that there is nothing."""
    frame = build_frame(["queue", "visible"], [])
    assert list(frame.columns) == ["queue", "visible"]
    assert len(frame) == 0
    assert "nothing here" in frame._repr_html_()
    assert repr(frame) == "queue  visible\nnothing here"


def test_order_is_the_documented_one():
    """Columns come in the order asked for; what a row lacks is empty, what it adds is left out."""
    frame = build_frame(["a", "b"], [{"b": "2", "c": "3"}, {"a": "1"}])
    assert frame.to_dict("list") == {"a": ["", "1"], "b": ["2", ""]}


def test_friendly_types():
    """Whole numbers and truth values get their types, so that sums and filters work."""
    frame = build_frame(["n", "yes", "mixed"], [{"n": 1, "yes": True, "mixed": ""}])
    assert [str(kind) for kind in frame.dtypes] == ["int64", "bool", "object"]
    assert frame["n"].sum() == 1


def test_html_is_escaped_and_the_same_every_time():
    """Content cannot become markup, and there is no random id in the output."""
    rows = [{"body": "<b>CHARLIE & LOLA</b>", "n": 1}]
    html = build_frame(["body", "n"], rows)._repr_html_()
    assert "&lt;b&gt;CHARLIE &amp; LOLA&lt;/b&gt;" in html
    assert html == build_frame(["body", "n"], rows)._repr_html_()
    assert "id=" not in html


def test_text_left_numbers_right():
    """Text is aligned left and numbers right, in HTML and as text."""
    frame = build_frame(["queue", "visible"], [{"queue": "orders", "visible": 3}])
    assert 'left; white-space: pre">orders' in frame._repr_html_()
    assert 'right; white-space: pre">3' in frame._repr_html_()
    assert 'right; white-space: pre-wrap">visible' in frame._repr_html_()  # breaks if it must
    assert repr(frame) == "queue   visible\norders        3"


def test_truth_values_are_words():
    """A truth value reads yes or no."""
    assert repr(build_frame(["raw"], [{"raw": True}, {"raw": False}])) == "raw\nyes\nno"


def test_long_cells_are_cut_in_the_display_only():
    """A 128 KB invoice does not flood the notebook, but its cell still holds all of it."""
    body = "x" * 128_000
    frame = build_frame(["body"], [{"body": body}])
    assert frame.loc[0, "body"] == body
    assert len(repr(frame)) < 2 * LONGEST_CELL + 20


def test_long_tables_show_both_ends():
    """A table of a thousand rows shows its first and last ones and says how many there are."""
    text = repr(build_frame(["n"], [{"n": n} for n in range(1000)]))
    assert "⋮" in text
    assert "999" in text
    assert text.endswith("1000 rows, of which 20 are shown")


def test_what_is_picked_is_for_reading_too():
    """Some of the columns, or of the rows, display as the whole does, long text cut alike."""
    rows = [{"queue": "orders", "visible": 3, "body": "x" * 50}]
    frame = build_frame(["queue", "visible", "body"], rows, longest=20)
    assert repr(frame[["queue", "visible"]]).splitlines()[1].split() == ["orders", "3"]
    assert repr(frame[frame["visible"] > 0]) == repr(frame)


def test_what_pandas_computes_is_plain():
    """Grouping gives ordinary DataFrames."""
    frame = build_frame(["queue", "visible"], [{"queue": "orders", "visible": 3}])
    assert type(frame.groupby("queue").sum()) is pd.DataFrame
