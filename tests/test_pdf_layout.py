"""Lines of a page joined to paragraphs, by how the document is set: indents, space between paragraphs, or neither."""

from __future__ import annotations

import pytest

from index.readers.pdf_layout import Page, Run, page_texts

EM = 12.0  # points; a line holds 30 characters
LEADING = 18.0
LINE = "全市新修道路十二公里改造小区三个群众出行更加方便港口更忙了"


def filled(text: str) -> str:
    """A line of 30 characters that ends as given."""
    return (LINE * 2)[: 30 - len(text)] + text


def page(lines: list[tuple[str, float, float]]) -> Page:
    """Lines of (text, indent in characters, space above in points) from the top of a page down."""
    runs, baseline = [], 120.0
    for text, indent, above in lines:
        baseline += LEADING + above
        left = 90 + indent * EM
        runs.append(Run(text, left, left + len(text) * EM, baseline, EM, 0))
    return Page(595, 3000, 0.0, False, tuple(runs))


def paragraphs(lines: list[tuple[str, float, float]]) -> list[int]:
    """Lines in each paragraph that is read."""
    text, _, _ = page_texts([page(lines)])
    return [len(paragraph) // 29 or 1 for paragraph in text.split("\n")]


@pytest.mark.parametrize("ending", ["。", "了"])
def test_space_between_paragraphs_parts_them(ending: str):
    lines = [(filled(ending), 0.0, 8.0 if number % 3 == 0 and number else 0.0) for number in range(12)]
    assert paragraphs(lines) == [3, 3, 3, 3]


@pytest.mark.parametrize("ending", ["。", "了"])
def test_indents_part_paragraphs(ending: str):
    lines = [(filled(ending)[: 28 if number % 3 == 0 else 30], 2.0 if number % 3 == 0 else 0.0, 0.0) for number in range(12)]
    assert paragraphs(lines) == [3, 3, 3, 3]


def test_without_either_a_full_stop_at_the_edge_parts_them():
    lines = [(filled("。" if number % 3 == 2 else "了"), 0.0, 0.0) for number in range(12)]
    assert paragraphs(lines) == [3, 3, 3, 3]


def test_a_short_line_ends_its_paragraph():
    lines = [(LINE[:12] if number % 3 == 2 else filled("了"), 0.0, 0.0) for number in range(12)]
    text, _, _ = page_texts([page(lines)])
    assert [len(paragraph) for paragraph in text.split("\n")] == [72, 72, 72, 72]
