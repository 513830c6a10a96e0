"""The pieces of many texts by a lattice: what the included model's tokenizer gives, several times as fast.

Only for a tokenizer of exactly the kind that `models/tokenizer.py` makes (Unigram over words, numbers and runs of other
characters, NFKC, lower case); any other does its work itself.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.lattice import Lattice

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_UNKNOWN_PENALTY = 10  # an unknown character counts this much less than the rarest piece (tokenizers' unigram model)
_NORMALIZER = {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}
_SPLITS = {
    "type": "Sequence",
    "pretokenizers": [
        {"type": "WhitespaceSplit"},
        {"type": "Split", "pattern": {"Regex": r"[a-z]+|[0-9]+|[^a-z0-9\s]+"}, "behavior": "Isolated", "invert": False},
    ],
}
_SPACES = [*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
_APART = "\0"  # stands between texts


class BulkPieces:
    """Cuts texts into the pieces of a Unigram tokenizer."""

    def __init__(self, pieces: Sequence[tuple[str, float]], unknown: int) -> None:
        """`pieces` with their scores by id; `unknown` is the id for what is none."""
        self._unknown = unknown
        penalty = min(score for _, score in pieces) - _UNKNOWN_PENALTY
        # The tokenizer adds scores from the beginning of a text, the lattice from the end: everything is turned round.
        known = {piece[::-1]: (score, number) for number, (piece, score) in enumerate(pieces)}
        words = dict.fromkeys(word[:end] for word in known for end in range(1, len(word) + 1))
        nowhere = (-np.inf, unknown)
        values = [known.get(word) or ((penalty, unknown) if len(word) == 1 else nowhere) for word in words]
        self._lattice = Lattice(words, np.asarray([score for score, _ in values]), penalty)
        self._ids = np.asarray([number for _, number in values] + [unknown], np.int32)  # the last is that of node -1
        self._classes = np.full(1 << 16, 3, np.int8)
        self._classes[ord("a") : ord("z") + 1] = 1
        self._classes[ord("0") : ord("9") + 1] = 2
        self._classes[[*_SPACES, 0]] = 0

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> BulkPieces | None:
        """For a tokenizer of the kind that is known; None for any other."""
        told: dict[str, Any] = json.loads(tokenizer.to_str())
        model = told["model"]
        if (told["normalizer"], told["pre_tokenizer"], model["type"]) != (_NORMALIZER, _SPLITS, "Unigram"):
            return None
        if told["added_tokens"] or told["truncation"] or model.get("byte_fallback") or model.get("unk_id") is None:
            return None
        if any(not piece or max(piece) > "\uffff" for piece, _ in model["vocab"]):
            return None
        return cls([(piece, score) for piece, score in model["vocab"]], model["unk_id"])

    def cut(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]] | None:
        """Ids of the pieces of all texts one after the other, and where each text starts among them, (texts + 1,).

        None where a text holds the character that stands between texts here.
        """
        joined = _APART.join(texts)
        if not texts or joined.count(_APART) != len(texts) - 1:
            return None
        # A capital sigma is the one letter whose lower case depends on its place in Python and not in the tokenizer.
        flat = unicodedata.normalize("NFKC", joined).replace("Σ", "σ").lower()
        codes = np.frombuffer(flat.encode("utf-16-le", "surrogatepass"), np.uint16)
        classes = self._classes[codes]
        changes = np.concatenate([[0], np.flatnonzero(np.diff(classes)) + 1, [len(codes)]])
        opens = changes[:-1][classes[changes[:-1]] > 0] if len(codes) else np.zeros(0, np.int64)
        closes = changes[1:][classes[changes[:-1]] > 0] if len(codes) else np.zeros(0, np.int64)
        division = self._lattice.divide(codes[::-1], (len(codes) - closes)[::-1], (len(codes) - opens)[::-1])
        starts = (len(codes) - division.starts - division.lengths)[::-1]
        ids = self._ids[division.nodes[::-1]]
        # Neighbouring unknown characters are one unknown piece.
        first = np.zeros(len(codes), bool)
        first[opens] = True
        kept = (ids != self._unknown) | np.append(True, ids[:-1] != self._unknown)[: len(ids)] | first[starts]
        starts, ids = starts[kept], ids[kept]
        return ids, np.concatenate([[0], np.searchsorted(starts, np.flatnonzero(codes == 0)), [len(ids)]]).astype(np.int64)
