"""What composing is worth: the best clause as it stands, against the extractive answer.

    python -m eval.naive

prints a Markdown table of strict success, citation precision and length, for both halves of the
gold, with 95 % intervals. Questions that the bot refuses are refused by both.
"""

from __future__ import annotations

from qa_bot.answer.citing import cite
from qa_bot.answer.model import Answer
from qa_bot.bot import Bot
from qa_bot.evaluation.gold import GoldSet, load_gold
from qa_bot.evaluation.results import AnswerRecord, Results, score
from qa_bot.evaluation.truth import Library, load_library
from qa_bot.evaluation.workbench import Workbench
from qa_bot.index.whole import whole_text
from qa_bot.settings import load_settings

_MEASURES = ("strict_success", "fact_recall", "citation_precision", "citation_recall")


def naive(bot: Bot, answer: Answer) -> Answer:
    """The first candidate of ``answer``, whole and cited, in the place of what was composed."""
    if answer.refused:
        return answer
    store = bot.index.store
    clause = store.clause(answer.candidates[0].clause_id)
    text = whole_text(store, clause)
    citation = cite(store, clause, text, 1)
    return answer.model_copy(update={"answer": f"{text} [1]", "citations": (citation,)})


def row(name: str, results: Results) -> str:
    """One line of the table."""
    cells = [results.overall[measure] for measure in _MEASURES]
    figures = [f"{cell.mean:.3f} [{cell.low:.2f}, {cell.high:.2f}]" for cell in cells]
    return f"| {name} | {' | '.join(figures)} | {results.overall['answer_length'].mean:.0f} |"


def compare(bot: Bot, gold: GoldSet, library: Library, split: str) -> list[str]:
    """The lines for one half of the gold."""
    answers = {pair.id: bot.ask(pair.to_question()) for pair in gold.pairs}
    ways = {
        "best clause": {i: naive(bot, answer) for i, answer in answers.items()},
        "extractive": answers,
    }
    lines = []
    for name, given in ways.items():
        records = {i: AnswerRecord(id=i, answer=a, wall_ms=0) for i, a in given.items()}
        lines.append(row(f"{split}, {name}", score(gold, records, library)))
    return lines


def main() -> None:
    settings = load_settings().model_copy(update={"openai_api_key": None})
    bot, library = Bot(settings), load_library(settings.corpus_dir)
    gold = load_gold(Workbench().gold)
    print("| | strict | facts | citation precision | citation recall | characters |")
    print("|---|---|---|---|---|---|")
    for split in ("dev", "test"):
        print("\n".join(compare(bot, gold.select(splits=[split]), library, split)))


if __name__ == "__main__":
    main()
