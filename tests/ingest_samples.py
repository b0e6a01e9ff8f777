"""A folder of gazettes and an index beside it, for the tests of an ingest."""

from __future__ import annotations

from pathlib import Path

from index_samples import BUSES, HEATING, CountingGazettes, settings_in

from qa_bot.index.embedding import ShippedEmbedding, embed_query
from qa_bot.index.ingest import IngestReport, ingest
from qa_bot.index.reader import open_index
from qa_bot.settings import Settings

QUESTION = "校车标牌怎么办理？"


class Workplace:
    """A folder of gazettes, an index, and a shorthand for an ingest."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = settings_in(folder)
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.counting = CountingGazettes()
        self.write("buses.txt", BUSES)
        self.write("heating.txt", HEATING)

    def write(self, name: str, text: str) -> Path:
        path = self.corpus / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def ingest(self, *paths: Path, **options) -> IngestReport:
        given = {"gazettes": self.counting.gazettes, **options}
        return ingest(paths or (self.corpus,), self.settings, **given)

    def best(self, question: str = QUESTION) -> str:
        """The text of the clause nearest to a question."""
        index = open_index(self.settings)
        try:
            ((clause_id, _), *_) = index.dense(embed_query(question, ShippedEmbedding()), 1)
            return index.store.clause(clause_id).text
        finally:
            index.close()

    def generations(self) -> set[str]:
        return {path.name for path in (self.settings.index_dir / "generations").iterdir()}
