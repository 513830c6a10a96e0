"""Examples run, and what they make is what the commands make."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from examples.embed_many import texts_of
from index.build import build
from index.check import check
from index.encoder import open_encoder
from index.library import Library
from tests.conftest import ROOT, ToyEncoder


class Recording(ToyEncoder):
    """Keeps what it is asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def encode_passages(self, texts):
        self.texts |= set(texts)
        return super().encode_passages(texts)


def test_the_texts_that_workers_embed_are_those_a_build_asks_for(corpus: Path, tmp_path: Path):
    (corpus / "metadata.csv").write_text("file,title,province,city,level,year,kind\na.txt,,,贵港,,2021,年鉴\n", "utf-8")
    (corpus / "broken.docx").write_bytes(b"no archive")
    encoder = Recording()
    build([corpus], tmp_path / "index", encoder)
    rows = [{"path": str(corpus / name), "name": name, "corpus": str(corpus)} for name in ("a.txt", "b.md", "broken.docx")]
    assert {row["text"] for source in rows for row in texts_of(source)} == encoder.texts


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason='Ray is not installed (pip install "ray[data]==2.60.0")')
def test_vectors_made_by_ray_give_the_index_of_one_process(corpus: Path, tmp_path: Path):
    made = tmp_path / "many"
    command = [sys.executable, "examples/embed_many.py", str(corpus), "--vectors", str(tmp_path / "vectors"), "--index", str(made)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "vectors by 2 workers" in done.stdout
    build([corpus], tmp_path / "one", open_encoder())
    many, one = Library(made), Library(tmp_path / "one")
    for name in ("passages", "sentences"):
        rows = np.arange(getattr(one, name).count)
        np.testing.assert_allclose(getattr(many, name).vectors(rows), getattr(one, name).vectors(rows), atol=1e-6)
    assert many.manifest["model"] == one.manifest["model"]
    assert check(made) == []
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (again.returncode, again.stderr) == (2, f"error: {tmp_path / 'vectors'} is not empty; give a new folder with --vectors\n")
