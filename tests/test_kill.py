"""A build killed at any moment: the index can always be opened, and the next build succeeds."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.check import check
from index.library import Library
from tests.conftest import REPORT

ROOT = Path(__file__).resolve().parents[1]
PLACES = "宁波 青岛 贵港 银川 新余 泉州 温州 金华 南宁 珠海".split()
KILLS = 30

BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from index.build import build
from tests.conftest import ToyEncoder
print("ready", flush=True)
sys.stdin.readline()
build([Path(sys.argv[1])], Path(sys.argv[2]), ToyEncoder())
"""


def start(corpus: Path, folder: Path) -> subprocess.Popen[str]:
    """A builder that has loaded everything and waits for a line."""
    command = [sys.executable, "-c", BUILD, str(corpus), str(folder), str(ROOT)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path):
    corpus, folder = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    rng = random.Random(4)
    for number, place in enumerate(PLACES):
        (corpus / f"{number}.txt").write_text(REPORT.format(city=place, gdp=1000 + number, goal=5) * 20, "utf-8")
    first = start(corpus, folder)
    begun = time.perf_counter()
    first.communicate("go\n", timeout=60)
    whole = time.perf_counter() - begun
    assert check(folder) == []
    survived = 0
    for kill in range(KILLS):
        (corpus / "0.txt").write_text(REPORT.format(city="宁波", gdp=2000 + kill, goal=6) * 20, "utf-8")
        process = start(corpus, folder)
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        time.sleep(rng.random() * whole * 1.1)
        process.kill()
        process.communicate()
        assert check(folder) == [], f"after kill {kill}"
        survived += f"{2000 + kill}亿元" in Library(folder).document_text(0)
    last = start(corpus, folder)
    last.communicate("go\n", timeout=60)
    assert last.returncode == 0
    assert check(folder) == []
    assert f"{2000 + KILLS - 1}亿元" in Library(folder).document_text(0)
    assert list((folder / "generations").glob("*.part")) == []
    assert survived < KILLS  # some kills came before the switch: the old generation went on serving
