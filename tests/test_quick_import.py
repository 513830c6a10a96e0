"""Gradio is imported without the work for editors, and nothing else notices."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import ROOT

COUNT = """
import ast, inspect, json
parse, parsed = ast.parse, 0
def count(*arguments, **more):
    global parsed
    parsed += inspect.stack()[1].filename.endswith("component_meta.py")
    return parse(*arguments, **more)
ast.parse = count
getfile = inspect.getfile
{line}
assert inspect.getfile is getfile
with gradio.Blocks() as page:
    gradio.HTML("x", elem_id="x")
    gradio.Files()
print(json.dumps([parsed, page.get_config_file()["components"][0]["props"]["elem_id"]]))
"""


def run(line: str) -> str:
    done = subprocess.run([sys.executable, "-c", COUNT.format(line=line)], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_gradio_is_imported_without_writing_stubs():
    parsed, shown = json.loads(run("from pages.quick_import import import_gradio; gradio = import_gradio()"))
    assert parsed <= 10 and shown == "x"  # the five layouts keep theirs


def test_a_plain_import_writes_them():
    """Where this fails gradio has mended it, and `pages/quick_import.py` can go."""
    assert json.loads(run("import gradio"))[0] > 100
