"""Milvus: where the collections of a generation are, and the few things asked of it.

The place is a file of Milvus Lite inside the generation, or an address of a server; then only the names of the
collections, which carry the generation's name, tell them from those of other generations.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexFolderError, StoreError
from index.stores import Rows

FILE = "milvus.db"  # Milvus Lite's database (a folder) in a generation
MARKER = "milvus.json"  # tells whoever removes a generation what it keeps outside
TOKEN = "MILVUS_TOKEN"  # noqa: S105 - the name of the environment variable that holds a server's token
PACKAGES = "pip install pymilvus==3.0.2 milvus-lite==3.2.2"
PARTS = ("passages", "sentences", "words")
MOST = 16_384  # hits that Milvus gives to one search
_RUNS = 500  # ranges in one filter; more become a list of rows, long chains of `or` overflow its parser
_NO_PINGS = {"grpc.keepalive_time_ms": 2**31 - 1, "grpc.keepalive_permit_without_calls": False}
_SECONDS = 30.0  # no question waits longer for a server


@dataclass(frozen=True)
class Milvus:
    """The place of one generation: `uri` is a path ending in .db or scheme://host:port, names begin with `prefix`."""

    uri: str
    prefix: str

    @classmethod
    def of(cls, generation: Path, uri: str | None) -> Milvus:
        """The place of a generation; without an address its own file of Milvus Lite."""
        return cls(uri or str(generation / FILE), f"chengwen_{generation.name.removesuffix('.part').replace('-', '_')}")

    @property
    def is_file(self) -> bool:
        """Whether this is Milvus Lite, which runs inside this process."""
        return "://" not in self.uri

    def collection(self, part: str) -> str:
        """The name of the collection that holds a part."""
        return f"{self.prefix}_{part}"

    @cached_property
    def client(self) -> Any:  # noqa: ANN401 - the package may be absent
        """A `pymilvus.MilvusClient`, made once, safe to share between threads.

        Raises:
            StoreError: the packages are not installed, the file is open in another process, no server answers.
        """
        check_address(self.uri)
        pymilvus: Any = import_module("pymilvus")
        for name in ("pymilvus", "milvus_lite", "grpc._server"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # they log every error besides raising it
        # Milvus Lite's server takes the client's pings for an attack and complains on standard error.
        more = {"grpc_options": _NO_PINGS} if self.is_file else {"token": os.environ.get(TOKEN, "")}
        try:
            return pymilvus.MilvusClient(self.uri, timeout=_SECONDS, **more)
        except pymilvus.MilvusException as error:
            if self.is_file:
                raise StoreError(
                    f"{self.uri} cannot be opened: another process has it open (Milvus Lite serves one process at a time), or it is "
                    "damaged; end that process, or build with the address of a server: --store milvus --uri http://HOST:19530"
                ) from error
            raise StoreError(f"no Milvus answers at {self.uri} ({error.message}); start it, or check the address and {TOKEN}") from error

    @contextmanager
    def asked(self) -> Iterator[Any]:
        """The client; what it raises becomes a StoreError."""
        client = self.client
        try:
            yield client
        except import_module("pymilvus").MilvusException as error:
            raise StoreError(f"Milvus at {self.uri} refused: {error.message}") from error

    def mark(self, generation: Path) -> None:
        """Write down, before anything is made, that collections go with this generation."""
        own = self.uri == str(generation / FILE)
        (generation / MARKER).write_text(json.dumps({"uri": None if own else self.uri}), "utf-8")

    def release(self) -> None:
        """Stop Milvus Lite's server and let go of its file, so that it can be moved or removed."""
        if self.is_file and find_spec("milvus_lite"):
            import_module("milvus_lite.server_manager").server_manager_instance.release_server(self.uri)
        self.__dict__.pop("client", None)

    def create(self, part: str, kind: str, **params: int) -> None:
        """An empty collection of `row` and `value`, which is of a kind of vector; nothing is searched before `finish`."""
        with self.asked() as client:
            kinds = import_module("pymilvus").DataType
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("row", kinds.INT64, is_primary=True)
            schema.add_field("value", kinds[kind], **params)
            client.create_collection(self.collection(part), schema=schema)

    def insert(self, part: str, rows: list[dict[str, Any]]) -> None:
        """Add rows with their values."""
        with self.asked() as client:
            client.insert(self.collection(part), rows)

    def finish(self, part: str, index: str, params: dict[str, int]) -> None:
        """Build the index over all rows, by inner product, and load it."""
        with self.asked() as client:
            name = self.collection(part)
            client.flush(name)
            wanted = client.prepare_index_params()
            wanted.add_index("value", index_type=index, metric_type="IP", params=params)
            client.create_index(name, wanted)
            client.load_collection(name)

    def open(self, part: str) -> tuple[int, dict[str, Any], str]:
        """Rows, description of the field `value` and kind of index of a collection.

        Raises:
            IndexFolderError: the collection is gone.
        """
        name = self.collection(part)
        with self.asked() as client:
            if not client.has_collection(name, timeout=_SECONDS):
                raise IndexFolderError(
                    f"Milvus at {self.uri} has no collection {name} any more; rebuild the index with build_index.py --force"
                )
            client.load_collection(name)
            count = client.query(name, filter="", output_fields=["count(*)"], consistency_level="Strong")[0]["count(*)"]
            value = next(field for field in client.describe_collection(name)["fields"] if field["name"] == "value")
            return int(count), value["params"], str(client.describe_index(name, "value")["index_type"])

    def search(self, part: str, query: Any, k: int, allowed: Rows | None, params: dict[str, int]) -> tuple[Rows, NDArray[np.float32]]:  # noqa: ANN401 - dense or sparse
        """The best `k` rows by inner product with one vector, best first, equal ones by number; fewer where fewer match."""
        if k > MOST:
            raise ValueError(f"Milvus gives at most {MOST} hits to one search, {k} were wanted")
        with self.asked() as client:
            found = client.search(
                self.collection(part),
                data=[query],
                anns_field="value",
                limit=k,
                filter=row_filter(allowed),
                output_fields=["row"],
                search_params={"metric_type": "IP", "params": params},
                timeout=_SECONDS,
            )[0]
        rows = np.asarray([hit["row"] for hit in found], np.int64)
        scores = np.asarray([hit["distance"] for hit in found], np.float32)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def values(self, part: str, rows: Rows) -> dict[int, Any]:
        """The vectors of rows by row."""
        with self.asked() as client:
            found = client.query(self.collection(part), filter=row_filter(rows), output_fields=["row", "value"], timeout=_SECONDS)
        return {hit["row"]: hit["value"] for hit in found}

    def drop(self) -> None:
        """Remove the collections of all parts."""
        with self.asked() as client:
            for part in PARTS:
                client.drop_collection(self.collection(part), timeout=_SECONDS)


def check_address(uri: str) -> None:
    """Raises StoreError where an address is none, holds a password, or needs packages that are not installed."""
    if "://" not in uri and not uri.endswith(".db"):
        raise StoreError(f"{uri} is no address of Milvus; give http://HOST:19530, or a file of Milvus Lite whose name ends in .db")
    if "@" in urlsplit(uri).netloc:
        raise StoreError(f"the address of Milvus holds a password; give USER:PASSWORD in {TOKEN}, which is written nowhere")
    missing = [name for name in ("pymilvus", *([] if "://" in uri else ["milvus_lite"])) if find_spec(name) is None]
    if missing:
        raise StoreError(f"{' and '.join(missing)} not installed; the store on Milvus needs: {PACKAGES}")


def let_go(generation: Path) -> bool:
    """Remove what a generation keeps in Milvus; False where that cannot be done now, so that the next build tries again."""
    try:
        place = Milvus.of(generation, json.loads((generation / MARKER).read_text("utf-8"))["uri"])
        if place.uri == str(generation / FILE):
            place.release()
        else:
            place.drop()
    except (StoreError, ValueError):
        return False
    return True


def row_filter(allowed: Rows | None) -> str:
    """Sorted, unique rows as an expression: ranges where they are few, in a tree of `or` that stays shallow."""
    if allowed is None:
        return ""
    edges = np.flatnonzero(np.diff(allowed) != 1)
    starts, ends = allowed[np.append(0, edges + 1)], allowed[np.append(edges, len(allowed) - 1)]
    if len(starts) > _RUNS:
        return f"row in {allowed.tolist()}"
    terms = [f"row == {a}" if a == b else f"(row >= {a} and row <= {b})" for a, b in zip(starts, ends, strict=True)]
    while len(terms) > 1:
        terms = [f"({' or '.join(terms[i : i + 2])})" if i + 1 < len(terms) else terms[i] for i in range(0, len(terms), 2)]
    return terms[0]
