from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [["models/train.py", "--pairs", "{tmp}"], ["models/prepare.py", "--material", "{tmp}"], ["models/evaluate.py", "--material", "{tmp}"]],
)
def test_missing_material_is_told_in_one_line(command: list[str], tmp_path: Path):
    done = subprocess.run(
        [sys.executable, *(c.format(tmp=tmp_path) for c in command)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("error: ")
