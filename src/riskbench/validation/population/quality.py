"""Data quality: are the card's inputs as good in the holdout as they were at development.

Inputs are the features of the card and the columns that their formulas read. A share that moved is told with Newcombe's
interval at a level for all inputs together, so that one of many moves by chance no oftener than a single one would.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.data.study import Study
from riskbench.data.study.schema import Column
from riskbench.metrics.arguments import Bools
from riskbench.metrics.intervals import difference, proportion
from riskbench.validation.population.applicants import Applicants, largest

NO_ROWS = "development or the holdout holds no application"
COLUMNS = ["input", "missing_before", "missing_now", "change", "lower", "upper", "special_change", "never_seen"]


def inputs(applicants: Applicants) -> pd.DataFrame:
    """One column for each feature of the card and each column behind one, in the order of the card; dates left out."""
    study, features, raw = applicants.study, applicants.features, applicants.applications
    behind = [name for feature in applicants.used for name in sorted(study.reads(feature))]
    dates = study.with_role("date")  # a later day is new by its nature
    names = [name for name in dict.fromkeys([*applicants.used, *behind]) if name not in dates]
    return pd.DataFrame({name: features.get(name, raw.get(name)) for name in names if name in features or name in raw})


def input_table(applicants: Applicants) -> pd.DataFrame:
    """One row an input, what moved most first.

    `missing_before` and `missing_now` are the missing shares of development and of the holdout, `change` (with lower
    and upper) what the second has more; `special_change` the same of special values; `never_seen` the share of the
    holdout's values outside the range, or the levels, that development held; `outside` counts values outside what the
    study declares; `constant` says that an input which varied has one value now.
    """
    values, study = inputs(applicants), applicants.study
    before, now = values[applicants.developing], values[applicants.judged]
    level = 1 - (1 - LEVEL) / max(1, values.shape[1])
    rows = [_row(str(name), before[name], now[name], study, level) for name in values]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "special_lower", "special_upper", "outside", "constant"])
    table = table.astype(dict.fromkeys(table.columns[1:-2], float))
    worst = table[["change", "special_change", "never_seen"]].abs().max(axis=1)
    return table.iloc[np.argsort(-worst.fillna(0.0), kind="stable")].reset_index(drop=True)


def worst_inputs(table: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """The first rows of `input_table` as a page shows them."""
    return table[COLUMNS].head(most)


def quality_checks(applicants: Applicants, table: pd.DataFrame) -> list[CheckResult]:
    """What the table of `input_table` is judged by, and the applications that stand in the holdout twice.

    Where the study declares no special value, or neither levels nor a range, there is nothing to hold an input to.
    """
    sample, limits = applicants.sample, applicants.thresholds
    empty = not (applicants.developing.any() and applicants.judged.any())
    n = int(applicants.judged.sum())

    def check(name: str, title: str, value: Estimate, unit: str = "") -> CheckResult:
        limit = limits[f"population.{name.split('.')[1]}"]
        return CheckResult(f"{name}.{sample}", title, Estimate.missing(NO_ROWS) if empty else value, limit, unit)

    moved, special = _moved(table, "special_change", "special", n)
    outside = table[table["outside"] > 0]
    count = Estimate(int(table["outside"].sum()), n=n * len(table), method="count over all inputs of the holdout")
    declared = [column for name in table["input"] if (column := applicants.study.columns.get(str(name)))]
    if not any(column.special for column in declared):
        special = Estimate.missing("the study declares no special value of an input", n)
    if not any(column.levels or column.lower is not None or column.upper is not None for column in declared):
        count = Estimate.missing("the study declares neither levels nor a range of an input", n)
    constant = table[table["constant"].astype(bool)]
    return [
        check("inputs.missing_change", *_moved(table, "change", "missing", n), "%"),
        check("inputs.special_change", moved, special, "%"),
        check("inputs.never_seen", *_never_seen(applicants, table), "%"),
        check(
            "inputs.outside_declared",
            f"Values outside what the study declares{_named(outside['input'])}",
            count,
        ),
        check(
            "inputs.constant",
            f"Inputs that varied at development and have one value now{_named(constant['input'])}",
            Estimate(len(constant), n=len(table), method="count of inputs"),
        ),
        check("applications.repeated", "Applications that stand in the holdout once more", repeated(applicants), "%"),
    ]


def repeated(applicants: Applicants) -> Estimate:
    """Share of the holdout's applications that repeat another: the same inputs, month, label and decision."""
    own = applicants.applications
    beside = [name for name in ("month", "label", applicants.study.base.amount, applicants.study.base.decision) if name]
    compared = inputs(applicants).join(own[beside], rsuffix="_of_application")[applicants.judged]
    return proportion(int(compared.duplicated().sum()), len(compared), LEVEL)


def returning(applicants: Applicants) -> tuple[Estimate, Estimate]:
    """Shares of the holdout's applications by a customer who stands in it before, and by one of development.

    Neither is an error; both make rows alike, so that intervals which take them as independent are a little narrow.
    """
    own = applicants.customers[applicants.judged]
    known = np.isin(own, applicants.customers[applicants.developing])
    return proportion(len(own) - len(np.unique(own)), len(own)), proportion(int(known.sum()), len(own))


def _row(name: str, before: pd.Series, now: pd.Series, study: Study, level: float) -> tuple:
    declared = study.columns.get(name)
    special = declared.special if declared else []
    missing = _change(before.isna(), now.isna(), level)
    apart = _change(before.isin(special), now.isin(special), level)
    regular_before, regular_now = (values[values.notna() & ~values.isin(special)] for values in (before, now))
    unseen = _unseen(regular_before, regular_now).sum() / len(now) if len(now) else np.nan
    return (
        name,
        before.isna().mean(),
        now.isna().mean(),
        *missing.bounded,
        apart.value,
        unseen,
        apart.lower,
        apart.upper,
        int(_outside(regular_now, declared).sum()),
        regular_now.nunique() < 2 <= regular_before.nunique(),
    )


def _change(before: pd.Series, now: pd.Series, level: float) -> Estimate:
    return difference(int(now.sum()), len(now), int(before.sum()), len(before), level)


def _unseen(before: pd.Series, now: pd.Series) -> pd.Series:
    """Which of the values now lie outside what there was: beyond the range of a number, or another level."""
    if pd.api.types.is_numeric_dtype(now):
        return (now < before.min()) | (now > before.max())
    return ~now.isin(before.unique())


def _outside(now: pd.Series, declared: Column | None) -> Bools:
    """Which values the study does not allow."""
    wrong = np.zeros(len(now), dtype=bool)
    if declared is None:
        return wrong
    if declared.levels:
        wrong |= ~now.astype("str").isin(list(declared.levels)).to_numpy()
    if declared.lower is not None:
        wrong |= (now < declared.lower).to_numpy()
    if declared.upper is not None:
        wrong |= (now > declared.upper).to_numpy()
    return wrong


def _moved(table: pd.DataFrame, column: str, what: str, n: int) -> tuple[str, Estimate]:
    """The largest change of a share either way, as a size with its interval; the title names its input."""
    title = f"Largest change of the share of {what} values"
    values = _values(table, column)
    if not values:
        return title, Estimate.missing("no input could be compared")
    name = largest(values)
    bounds = ("lower", "upper") if column == "change" else ("special_lower", "special_upper")
    low, high = sorted(float(np.sign(values[name] or 1.0)) * _values(table, bound)[name] for bound in bounds)
    method = f"Newcombe's interval at a level for {len(table)} inputs together"
    found = Estimate(abs(values[name]), low, high, 1 - (1 - LEVEL) / len(table), n, method)
    return f"{title}: {name}" if found.value else title, found


def _never_seen(applicants: Applicants, table: pd.DataFrame) -> tuple[str, Estimate]:
    """The input with most values that development never saw."""
    title, n = "Largest share of values that development never saw", int(applicants.judged.sum())
    values = _values(table, "never_seen")
    if not values or not n:
        return title, Estimate.missing("no input could be compared")
    name = largest(values)
    found = proportion(round(values[name] * n), n)
    return f"{title}: {name}" if found.value else title, found


def _values(table: pd.DataFrame, column: str) -> dict[str, float]:
    """The values of a column by input, where there are any."""
    pairs = zip(table["input"], table[column], strict=True)
    return {str(name): float(value) for name, value in pairs if pd.notna(value)}


def _named(names: Iterable[str]) -> str:
    told = ", ".join(names)
    return f" ({told})" if told else ""
