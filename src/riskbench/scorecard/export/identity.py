"""Proof that an export is the card: the same cases, scored by both, and how many rows differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.querying import ask
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.rules import Part, parts_of
from riskbench.scorecard.export.sql import scoring_query

KEY = "row_"
EXTREME = (0.0, -0.0, 5e-324, -1e300, 1e300, float("inf"), float("-inf"), None)
STRANGE = ("", " ", "missing", "other", "it's", 'a "b"', "\\", "x\ty", "漢字", "ß", None)


def scored(card: Scorecard, X: pd.DataFrame, reasons: int = 4) -> pd.DataFrame:
    """What `scoring_query` gives, computed by the card itself: points by feature, score, PDs and reasons."""
    bins = card.binning_.bins(X)
    points = {f"{name}_points": points[bins[name].to_numpy()] for name, points in card.points_.items()}
    score = card.points(X)
    pds = {"score": score, "pd": card.predict_proba(X)[:, 1], "pd_of_score": card.score_to_pd(score)}
    return pd.concat([pd.DataFrame(points | pds, index=X.index), card.reasons(X, n=reasons)], axis=1)


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


def sql_checks(
    card: Scorecard, X: pd.DataFrame, thresholds: Thresholds, reasons: int = 4, name: str = "champion"
) -> list[CheckResult]:
    """Rows of `X` and of `boundary_cases` whose points, score or reasons DuckDB finds otherwise, and the PDs' gap."""
    checked = [X[list(card.points_)], boundary_cases(card)]
    found = [_by_duckdb(card, frame, reasons) for frame in checked]
    n = sum(map(len, checked))
    compared = [differences(scored(card, frame, reasons), got) for frame, got in zip(checked, found, strict=True)]
    rows = Estimate(sum(rows for rows, _ in compared), n=n, method="SQL run by DuckDB; boundary cases included")
    gap = Estimate(max(gap for _, gap in compared), n=n, method="largest absolute difference")
    return [
        CheckResult(
            f"{name}.sql_differences",
            "Rows that the exported SQL scores otherwise",
            rows,
            thresholds["scorecard.export_differences"],
        ),
        CheckResult(
            f"{name}.sql_pd_difference",
            "Largest difference of a PD from the exported SQL's",
            gap,
            thresholds["scorecard.equivalence"],
        ),
    ]


def document_check(
    card: Scorecard, document: Mapping[str, Any], X: pd.DataFrame, thresholds: Thresholds, name: str = "champion"
) -> CheckResult:
    """Rows of `X` and of `boundary_cases` that the card read from its document scores otherwise."""
    again = Scorecard.from_dict(document)
    checked = [X[list(card.points_)], boundary_cases(card)]
    rows = sum(differences(scored(card, frame), scored(again, frame))[0] for frame in checked)
    return CheckResult(
        f"{name}.json_differences",
        "Rows that the card read from its JSON scores otherwise",
        Estimate(rows, n=sum(map(len, checked)), method="read again; boundary cases included"),
        thresholds["scorecard.export_differences"],
    )


def differences(expected: pd.DataFrame, got: pd.DataFrame) -> tuple[int, float]:
    """Rows in which points, score or reasons differ, and the largest absolute difference of a PD."""
    if len(got) != len(expected):
        raise ValueError(f"both must score the same rows, got {len(expected)} and {len(got)}")
    pds = ["pd", "pd_of_score"]
    exact = [column for column in expected if column not in pds]
    left, right = (frame[exact].astype(object).fillna("").to_numpy() for frame in (expected, got))
    gaps = np.abs(expected[pds].to_numpy(float) - got[pds].to_numpy(float))
    return int((left != right).any(axis=1).sum()), float(gaps.max(initial=0.0))


def _by_duckdb(card: Scorecard, X: pd.DataFrame, reasons: int) -> pd.DataFrame:
    table = pa.Table.from_pandas(X.assign(**{KEY: range(len(X))}), preserve_index=False)
    booleans = [name for name in card.points_ if pa.types.is_boolean(table.schema.field(name).type)]
    query = scoring_query(card, "duckdb", key=KEY, reasons=reasons, booleans=booleans)
    return ask(query, {"features": table}).sort_values(KEY, ignore_index=True)


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
