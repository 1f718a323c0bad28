"""How much of finished runs is translated: `python -m riskbench.report.language.coverage RUN…`.

A line a run, and below them what is not translated, with how often it is said; exit code 1 where there is any.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from riskbench.report.language.catalogue import Catalogue, chinese
from riskbench.report.language.page import rewrite
from riskbench.report.language.translate import Translator
from riskbench.report.language.unit import LEFT_ENGLISH


class Auditor(Translator):
    """A translator that remembers what it could not say in full."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self.missing: Counter[str] = Counter()

    def say(self, msgid: str) -> str | None:
        """The Chinese of a unit, or None."""
        found = super().say(msgid)
        if found is None or LEFT_ENGLISH[0] in found:
            self.missing[msgid] += 1
        return found


def audit(run: Path, catalogue: Catalogue) -> Auditor:
    """All pages of a run, read by an auditor."""
    auditor = Auditor(catalogue)
    for path in sorted(run.glob("*.html")):
        rewrite(path.read_text("utf-8"), auditor)
    return auditor


def main(runs: Sequence[str]) -> int:
    """Say of each run which share of its units and of its words is translated, and what is not."""
    missing: Counter[str] = Counter()
    for run in map(Path, runs):
        told = audit(run, chinese())
        units, words = told.translated / max(1, told.units), told.words_translated / max(1, told.words)
        print(f"{run.name}: {units:.2%} of {told.units:,} units, {words:.2%} of {told.words:,} words")
        missing += told.missing
    for msgid, count in missing.most_common():
        print(f"{count:6} {msgid}")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
