"""The error tree. Every message says what is wrong and what to do; commands print it as one line.

ChengwenError
|-- CorpusError          a folder or file that cannot be indexed
|   `-- UnreadableFile   one file; the build goes on and lists it as skipped
|-- ModelError           the embedding model cannot be opened
|-- AccessError          a page that would be open to more people than was said
|-- IndexFolderError     an index folder that is missing, broken or of another version
|   |-- ModelMismatch    the index was built with another embedding model
|   `-- StoreError       the engine that holds the vectors is not installed, not there, or refuses
|-- WorkerError          a process that helped to build ended by itself
`-- QuestionError        a question that cannot be asked (empty, too long)
"""

from __future__ import annotations


class ChengwenError(Exception):
    """Anything a user can mend; its text is meant for them."""


class CorpusError(ChengwenError):
    """A corpus path that is missing or holds nothing to index."""


class UnreadableFile(CorpusError):
    """One file that cannot be read; `reason` is shown in the list of skipped files."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModelError(ChengwenError):
    """An embedding model that is missing or damaged."""


class AccessError(ChengwenError):
    """A page that would be open to more people than was said."""


class IndexFolderError(ChengwenError):
    """An index folder that is missing, half-written or of another format."""


class ModelMismatch(IndexFolderError):
    """The index was built with another embedding model than the one at hand."""


class WorkerError(ChengwenError):
    """A process that helped to build an index ended before its work was done."""


class StoreError(IndexFolderError):
    """The engine that holds an index's vectors is not installed, does not answer, or refuses."""


class QuestionError(ChengwenError):
    """A question that is empty or too long."""
