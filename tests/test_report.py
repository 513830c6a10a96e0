"""A whole report with its lines, and where the words of a comparison stand in it."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from index.errors import QuestionError
from qa.engine import Engine
from qa.report import Reports


def test_the_lines_of_a_report_are_its_text_in_order(engine: Engine):
    reports = Reports(engine.library)
    for number, document in enumerate(reports.ids):
        report = reports.open(document)
        assert report.text == engine.library.document_text(number)
        assert all(a.end <= b.start for a, b in pairwise(report.lines))
        shown = "".join(report.text[line.start : line.end] for line in report.lines)
        assert set(report.text) - set(shown) <= set("# \n一二三四五六七八九十、（）()")
        assert any(line.heading for line in report.lines) and any(not line.heading for line in report.lines)


def test_a_comparisons_rows_open_at_their_sentence(engine: Engine):
    reports = Reports(engine.library)
    rows = engine.compare("各市2023年GDP增长目标是多少").rows
    spots = reports.spots(rows)
    assert set(spots) == {row.row for row in rows}
    for row in rows:
        place = json.loads(spots[row.row])
        text = reports.open(place["document"]).text
        assert text[place["start"] : place["end"]] == row.evidence
        assert text[slice(*place["span"])] == row.raw


def test_a_report_that_is_not_there_is_told(engine: Engine):
    with pytest.raises(QuestionError, match="no such document"):
        Reports(engine.library).open("nothing")
