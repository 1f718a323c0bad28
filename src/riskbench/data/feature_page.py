"""The page of all feature functions, made from their docstrings: `python -m riskbench.data.feature_page FILE`."""

import inspect
import re
import sys
import textwrap
from pathlib import Path

from riskbench.core.files import write_text
from riskbench.data.features import FUNCTIONS
from riskbench.data.features.function import Function
from riskbench.data.study.schema import Aggregate

INTRODUCTION = """\
# Feature functions

What the formula of an engineered feature, of a protected group or of an aggregate may call beside plain SQL. Each is
one small function of Python in `src/riskbench/data/features/` that writes out the SQL which a modeller would have to
write by hand; what happens at zero and at a missing value is decided there, once.

```toml
[features.debt_to_income]
formula = "ratio(sum_of(card_debt, other_debt), income)"
description = "Debt, in monthly incomes"
```

A function takes any expression, another function too. It is checked when the study is read: its name, how many
arguments it has, where the study declares it whether they are numbers or dates, and what they read, as it would be
outside of a function: no protected column, no price, no outcome.

<!-- made by `python -m riskbench.data.feature_page docs/features.md` from the docstrings: change those -->
"""
AGGREGATES = """\
```toml
[tables.payments.aggregates]
paid_90 = { column = "amount", how = "sum", within_days = 90, description = "Paid in 90 days" }
paid_before = { column = "amount", how = "sum", within_days = 90, skip_days = 90, description = "Paid in 90 before" }
late_share = { how = "share", where = "days_late > 0", description = "Share of payments that were late" }
days_since_late = { how = "days_since_last", where = "days_late > 0", description = "Days since one was late" }

[features.paid_change]
formula = "change(paid_90, paid_before)"
description = "By how much more was paid in 90 days than in the 90 before"
```
"""
FACTS = "Unit", "Zero", "Zero and negative", "Negative", "Missing", "Formula", "Source"


def page() -> str:
    """The page, as Markdown: a section for each file of functions, a heading for each function; aggregates last."""
    parts, seen = [INTRODUCTION], set()
    for function in FUNCTIONS.values():
        module = sys.modules[function.build.__module__]
        if module not in seen:
            seen.add(module)
            heading, _, more = str(inspect.getdoc(module)).partition("\n")
            parts += [f"## {heading.rstrip('.')}\n", *([more.strip() + "\n"] if more else [])]
        parts.append(_section(function))
    return "\n".join([*parts, "## Aggregates of dated rows\n", str(inspect.getdoc(Aggregate)), "", AGGREGATES])


def _section(function: Function) -> str:
    said, _, example = str(inspect.getdoc(function.build)).partition("\n>>> ")
    calls = [line for line in f">>> {example}".splitlines() if "import" not in line]
    paragraphs = [" ".join(paragraph.split()) for paragraph in said.strip().split("\n\n")]
    facts = re.split(rf"(?<=\.) (?=(?:{'|'.join(FACTS)}): )", paragraphs.pop())
    listed = [re.sub(rf"^({'|'.join(FACTS)}): ", r"- \1: ", fact) for fact in facts]
    lines = [textwrap.fill(line, 118, subsequent_indent="  " if line.startswith("- ") else "") for line in listed]
    return "\n".join([f"### `{function.call}`", "", *paragraphs, "", *lines, "", "```python", *calls, "```", ""])


def main() -> None:
    """Write the page to the file named."""
    write_text(Path(sys.argv[1]), page())


if __name__ == "__main__":
    main()
