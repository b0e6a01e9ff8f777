"""What the verifier of ``qa_bot/answer/verify.py`` lets pass, and where its threshold comes from.

    python -m eval.verifier

Takes the human answers of the development gold as what an honest model would say. Prints how many
of their sentences pass against the clauses they rest on, against another clause of the same
document, and with one number, authority or 文号 changed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import numpy as np

from qa_bot.answer.exhibits import source as sources_of
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statements import sentences
from qa_bot.answer.verify import carried, is_chinese, unsupported
from qa_bot.bot import Bot
from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.model import Clause
from qa_bot.evaluation.gold import GoldPair, load_gold
from qa_bot.index.store import ClauseStore
from qa_bot.settings import PROJECT_ROOT, load_settings

_BODY = re.compile(r"(?<=[市区县省])[一-龥]{2,6}[局委办](?![一-龥]{0,1}[理法])")
_OTHER_BODY = "档案史志局"


def main() -> None:
    """Print the shares of sentences that pass."""
    bot = Bot(load_settings())
    store = bot.index.store
    chooser = SentenceChooser(clause.text for clause in store.clauses)
    gold = load_gold(PROJECT_ROOT / "eval" / "gold").select(splits=["dev"])
    rng = random.Random(7)
    true, wrong, changed, coverage = [], [], [], []
    for pair in gold.pairs:
        clauses = _cited(pair, store) if pair.answerable else []
        if not clauses or pair.lang != "zh":
            continue
        own = [sources_of(store, clause) for clause in clauses]
        others = [c for c in store.clauses_of(store.document_of(clauses[0])) if c not in clauses]
        other = [sources_of(store, clause) for clause in rng.sample(others, min(1, len(others)))]
        for sentence in filter(is_chinese, sentences(pair.answer)):
            coverage.append(chooser.coverage(sentence, "\n".join(own)))
            passes = not unsupported(sentence, own) and carried(sentence, own, chooser.coverage)
            true.append(passes)
            wrong.append(
                not unsupported(sentence, other) and carried(sentence, other, chooser.coverage)
            )
            if passes:
                changed += [bool(unsupported(lie, own)) for lie in _lies(sentence, own, rng)]
    print(f"{len(true)} sentences of true answers, pass: {np.mean(true):.0%}")
    print(
        "  coverage by their clauses at",
        *(f"{q:.0%}: {np.quantile(coverage, q):.2f}" for q in (0.05, 0.1, 0.25, 0.5)),
    )
    print(f"against another clause of the document, pass: {np.mean(wrong):.1%}")
    print(f"{len(changed)} changed numbers and authorities, caught: {np.mean(changed):.1%}")


def _cited(pair: GoldPair, store: ClauseStore) -> list[Clause]:
    """The clauses that the gold answer rests on."""
    return [
        clause
        for citation in pair.citations
        for clause in store.clauses
        if (clause.doc_no == citation.doc_no if citation.doc_no else clause.title == citation.title)
        and fold_label(clause.section) == fold_label(citation.section)
    ]


def _lies(sentence: str, own: list[str], rng: random.Random) -> Iterator[str]:
    """The sentence with one number changed to one that its clauses do not have, and with one
    authority changed."""
    joined = "\n".join(own)
    for match in re.finditer(r"\d+", sentence):
        other = str(int(match[0]) + rng.randint(1, 9))
        if other not in joined:
            yield sentence[: match.start()] + other + sentence[match.end() :]
    for match in _BODY.finditer(sentence):
        if _OTHER_BODY not in joined:
            yield sentence[: match.start()] + _OTHER_BODY + sentence[match.end() :]


if __name__ == "__main__":
    main()
