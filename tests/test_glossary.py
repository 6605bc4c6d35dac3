"""The glossary keeps up with the notebooks."""

from __future__ import annotations

import re

import nbformat

from labkit.course import workbook

ROW = re.compile(r"^\| (.+?) \| (.+?) \| (\d\d(?:, \d\d)*) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, str]]:
    """Each row: word, meaning, notebooks."""
    return ROW.findall(workbook.GLOSSARY.read_text())


def test_the_words_are_in_order():
    """So that one finds them."""
    words = [word.strip("`").lower() for word, _, _ in rows()]
    assert len(words) > 40
    assert words == sorted(words)


def test_each_word_is_used_where_the_glossary_says():
    """In the prose or the code of the notebook that teaches it."""
    texts = {
        path.stem[:2]: " ".join(
            " ".join(cell.source.lower().split())
            for cell in nbformat.read(path, as_version=4).cells
        )
        for path in workbook.paths()
    }
    missing = []
    for words, _, notebooks in rows():
        for word, number in zip(words.split(", "), notebooks.split(", "), strict=False):
            # "cold start" is found in "cold starts", "batch item failures" in `batchItemFailures`
            pattern = re.sub(
                r"[ -]", "[ _-]?", re.escape(word.strip("`").lower()).replace("\\", "")
            )
            if not re.search(pattern, texts[number]):
                missing.append((word, number))
    assert missing == []
