"""Our loop over jieba's dictionary against jieba itself."""

from __future__ import annotations

import re

import jieba
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text import plain
from index.words import STOP_WORDS, _jieba, segmenter, words
from tests.conftest import REPORT, ROOT

COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工能下过子说产种面而方后多定行学法所民得经三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处府研质信北争观越史"


def plain_path(text: str) -> list[str]:
    """The words by jieba's own functions."""
    found: list[str] = []
    for run in re.findall(r"[0-9]+(?:\.[0-9]+)?|[a-z]+|[一-鿿]+", plain(text).lower()):
        found += [run] if run[0] < "一" else list(_jieba().cut_for_search(run, HMM=False))
    return [w for w in found if w not in STOP_WORDS]


def test_the_words_of_texts_of_ours_are_those_of_jieba():
    texts = [REPORT.format(city="乌鲁木齐", gdp=1, goal=2), *(p.read_text("utf-8") for p in sorted((ROOT / "corpus").glob("*.md")))]
    for text in texts:
        assert words(text) == plain_path(text)
    assert len(texts) > 10


@settings(max_examples=300)
@given(st.text(alphabet=COMMON, max_size=60))
def test_any_run_of_common_characters(run: str):
    assert segmenter().cut(run) == list(_jieba().cut(run, HMM=False))


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=40))
def test_any_run_of_any_characters(run: str):
    assert words(run) == plain_path(run)


def test_a_character_that_only_begins_words_stands_alone_where_none_begins():
    toy = jieba.Tokenizer()
    toy.initialized, toy.total = True, 100
    toy.FREQ = {"甲": 0, "甲乙": 5, "乙": 50, "丙": 0, "丙丁": 0, "丙丁戊": 1}
    from index.segmenter import Segmenter

    for run in ("甲乙", "甲丙", "丙丁", "丙丁戊", "甲", "戊甲乙丙丁戊甲"):
        assert Segmenter(toy, frozenset()).cut(run) == list(toy.cut(run, HMM=False)), run
