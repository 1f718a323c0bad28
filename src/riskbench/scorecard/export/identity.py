"""Proof that an export is the card: the same cases, scored by both, and how many rows differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Threshold, Thresholds
from riskbench.data.querying import ask
from riskbench.scorecard.card import Baseline, Scorecard
from riskbench.scorecard.export.document import read_document
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.rules import Part, parts_of

EXTREME = (0.0, -0.0, 5e-324, -1e300, 1e300, float("inf"), float("-inf"), None)
STRANGE = ("", " ", "missing", "other", "it's", 'a "b"', "\\", "x\ty", "漢字", "ß", None)


def scored(card: Scorecard, X: pd.DataFrame, reasons: int = 4, baseline: Baseline = "best") -> pd.DataFrame:
    """What `scoring_query` gives, computed by the card itself: points by feature, score, PDs and reasons."""
    bins = card.binning_.bins(X)
    points = {f"{name}_points": points[bins[name].to_numpy()] for name, points in card.points_.items()}
    score = card.points(X)
    pds = {"score": score, "pd": card.predict_proba(X)[:, 1], "pd_of_score": card.score_to_pd(score)}
    return pd.concat([pd.DataFrame(points | pds, index=X.index), card.reasons(X, reasons, baseline)], axis=1)


def boundary_cases(card: Scorecard) -> pd.DataFrame:
    """Made-up cases at every boundary of a card: each cut and its neighbours, specials, levels nearly right, missing.

    >>> from riskbench.scorecard import WoeBinning
    >>> X, y = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20}), [0, 0, 1, 0, 1, 1] * 20
    >>> card = Scorecard(WoeBinning(max_bins=2)).fit(X, y)
    >>> boundary_cases(card)["late"].tolist()[:3]
    [0.9999999999999999, 1.0, 1.0000000000000002]
    """
    parts = parts_of(card)
    values = {part.feature: _numbers(part) if part.numeric else _texts(part) for part in parts}
    rows = max(map(len, values.values()))
    return pd.DataFrame(
        {
            name: pd.Series(
                [probes[(row + shift) % len(probes)] for row in range(rows)],
                dtype=float if isinstance(probes[0], float) else object,
            )
            for shift, (name, probes) in enumerate(values.items())
        }
    )


def export_checks(
    card: Scorecard,
    document: Mapping[str, Any],
    query: str,
    X: pd.DataFrame,
    thresholds: Thresholds,
    edition: Edition,
) -> list[CheckResult]:
    """Rows of `X` and of `boundary_cases` that a card's document, and its query run by DuckDB, score otherwise.

    `edition` is the one that the query was written for.
    """
    again, asked = read_document(document), (edition.reasons, edition.baseline)
    cases = [X[list(card.points_)], boundary_cases(card)]
    expected = [scored(card, frame, *asked) for frame in cases]
    by_json = [differences(told, scored(again, frame, *asked)) for told, frame in zip(expected, cases, strict=True)]
    by_sql = [differences(told, _ask(query, frame, edition)) for told, frame in zip(expected, cases, strict=True)]
    exact, close = thresholds["scorecard.export_differences"], thresholds["scorecard.equivalence"]
    n = sum(map(len, cases))

    def check(name: str, title: str, found: float, limit: Threshold) -> CheckResult:
        method = "the sample and made-up cases at every cut, special value and level"
        return CheckResult(f"champion.export_{name}", title, Estimate(found, n=n, method=method), limit)

    json_rows, sql_rows = (sum(rows for rows, _ in found) for found in (by_json, by_sql))
    return [
        check("json_differences", "Rows that the exported JSON scores otherwise", json_rows, exact),
        check("sql_differences", "Rows that the exported SQL, run by DuckDB, scores otherwise", sql_rows, exact),
        check("sql_pd_gap", "Largest difference of a PD in the exported SQL", max(gap for _, gap in by_sql), close),
    ]


def differences(expected: pd.DataFrame, got: pd.DataFrame) -> tuple[int, float]:
    """Rows in which points, score or reasons differ, and the largest absolute difference of a PD."""
    if len(got) != len(expected):
        raise ValueError(f"both must score the same rows, got {len(expected)} and {len(got)}")
    pds = ["pd", "pd_of_score"]
    exact = [column for column in expected if column not in pds]
    left, right = (frame[exact].astype(object).fillna("").to_numpy() for frame in (expected, got))
    gaps = np.abs(expected[pds].to_numpy(float) - got[pds].to_numpy(float))
    return int((left != right).any(axis=1).sum()), float(gaps.max(initial=0.0))


def _ask(query: str, X: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    table = X.assign(**{edition.key: range(len(X))})
    return ask(query, {edition.table: table}).sort_values(edition.key, ignore_index=True)


def _numbers(part: Part) -> list[float | None]:
    bounds = [rule.upper for rule in part.rules if rule.upper is not None]
    specials = [float(value) for rule in part.rules for value in rule.values]
    values = np.array([*bounds, *specials])
    with np.errstate(over="ignore"):  # the neighbour of the largest number is infinite, and so may its short form be
        near = [np.nextafter(values, -np.inf), values, np.nextafter(values, np.inf), values.astype(np.float32)]
    return [*np.column_stack(near).astype(float).ravel().tolist(), *EXTREME]


def _texts(part: Part) -> list[str | None]:
    levels = [str(value) for rule in part.rules for value in rule.values]
    return [*(near for v in levels for near in (v, f"{v} ", f" {v}", v.swapcase(), v[:-1])), *STRANGE]
