"""Build an index from folders or files of reports.

    python build_index.py CORPUS... --index DIR [--model NAME_OR_PATH] [--store milvus [--uri PATH_OR_URL]] [--json] [--force]
    python build_index.py --check DIR

Exit code: 0 all read, 1 something was skipped (it is listed), 2 nothing could be done, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

STEPS = {"texts": "索引 index", "write": "写入 write"}


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command's arguments."""
    parser = argparse.ArgumentParser(prog="build_index.py", description="Build or renew an index from a folder of reports.")
    parser.add_argument("corpus", nargs="*", type=Path, metavar="CORPUS", help="folder of reports, or single files")
    parser.add_argument("--check", type=Path, metavar="DIR", help="verify an index instead of building one")
    parser.add_argument("--index", type=Path, metavar="DIR", help="index folder to write")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="sentence-transformers model (default: the included one)")
    parser.add_argument("--store", choices=("faiss", "milvus"), default="faiss", help="where vectors and words live (default faiss)")
    parser.add_argument("--uri", metavar="PATH_OR_URL", help="address of Milvus, or a file of Milvus Lite (default: one inside the index)")
    parser.add_argument("--force", action="store_true", help="build again although nothing changed")
    parser.add_argument(
        "--workers", type=_count, default=_cores(), metavar="N", help="processes to build with (default: one a core; 1: none)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    options = parser.parse_args(arguments)
    if options.check is None and (not options.corpus or options.index is None):
        parser.error("give a corpus and --index DIR, or --check DIR")
    if options.uri and options.store != "milvus":
        parser.error("--uri is the address of --store milvus")
    if options.uri and "://" not in options.uri:
        options.uri = str(Path(options.uri).resolve())
    return options


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return int(text)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main(arguments: list[str]) -> int:
    """Run the command; see the module's docstring for the exit code."""
    options = parse(arguments)
    os.environ.setdefault("HF_HUB_OFFLINE", "1") if options.model is None else None
    from index.errors import ChengwenError

    try:
        return _check(options.check) if options.check else _build(options)
    except ChengwenError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; an index that was there before still serves\n")
        return 130


def _check(folder: Path) -> int:
    from index.check import check

    findings = check(folder)
    sys.stdout.write("".join(f"{finding}\n" for finding in findings) or f"{folder}: 索引完好 sound\n")
    return 2 if findings else 0


def _build(options: argparse.Namespace) -> int:
    import time

    from tqdm import tqdm

    from index.build import build
    from index.encoder import open_encoder
    from index.stores.milvus import check_address

    if options.store == "milvus":
        check_address(options.uri or "milvus.db")

    bars: dict[str, tqdm[object]] = {}

    begun = time.perf_counter()

    def progress(step: str, done: int, total: int) -> None:
        if step == "passages":
            bars["texts"].set_postfix_str(f"{done:,} 段 passages, {done / (time.perf_counter() - begun):,.0f}/s", refresh=False)
            return
        if step not in bars:
            unit = {"unit": "B", "unit_scale": True} if step == "texts" else {}
            bars[step] = tqdm(total=total, desc=STEPS[step], file=sys.stderr, leave=False, disable=None, ascii=" ▏▎▍▌▋▊▉█", **unit)
        bars[step].update(done - bars[step].n)

    try:
        where = {"workers": options.workers, "store": options.store, "uri": options.uri}
        summary = build(options.corpus, options.index, open_encoder(options.model), progress, options.force, **where)
    finally:
        for bar in bars.values():
            bar.close()
    if options.json:
        sys.stdout.write(json.dumps(summary.as_json(), ensure_ascii=False) + "\n")
        return 1 if summary.skipped else 0
    rows = [[str(d[f] or "?") for f in ("province", "city", "level", "year", "kind", "passages", "title")] for d in summary.documents]
    from index.terminal import table

    sys.stdout.write(table(["省 province", "地方 place", "级别 level", "年 year", "类别 kind", "段落", "标题 title"], rows) + "\n")
    for document in summary.documents:
        if document["unsure"]:
            found = ", ".join(f"{f} {document['evidence'].get(f, '?')}" for f in document["unsure"])
            sys.stdout.write(f"存疑 unsure: {document['file']}: {document['title']}: {found}\n")
    if summary.removed:
        sys.stdout.write(f"略去 left out of the reports: {len(summary.removed)} (--json lists them)\n")
    for skipped in summary.skipped:
        sys.stdout.write(f"跳过 skipped: {skipped.file}: {skipped.reason}\n")
    for name, reason in summary.search.items():
        sys.stdout.write(f"检索 search: {name}: {reason}\n")
    counts = summary.counts
    done = f"{summary.seconds:.1f} s" if summary.rebuilt else "没有变化 nothing changed"
    sys.stdout.write(
        f"{counts['files']} files, {counts['documents']} documents, {counts['passages']} passages, "
        f"{counts['sentences']} sentences, {len(summary.skipped)} skipped -> {options.index} ({done})\n"
    )
    return 1 if summary.skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
