"""The edits of a binning as a reader sees them: in a table, on a page, and whether they are still what was reviewed.

An edit was made on the automatic bins of its day. Where the data give others now, its bins still hold, and it is said.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.edits.edit import Edit, in_force


def edits_table(edits: Sequence[Edit], fitted: Mapping[str, FeatureBins]) -> pd.DataFrame:
    """One row an edit; `fitted` are the automatic bins of the edited features, where they are known."""
    rows = [
        {
            "edit": edit.number,
            "feature": edit.feature,
            "what": edit.told,
            "reason": edit.reason,
            "who": edit.who,
            "when": f"{edit.when:%Y-%m-%d %H:%M} UTC",
            "before": str(edit.before),
            "after": str(edit.after or "gone"),
            "iv_before": edit.iv_before,
            "iv_after": edit.iv_after,
            "iv_cost": edit.iv_cost,
            "notes": "; ".join([*edit.notes, *_outdated(edit, edits, fitted)]),
        }
        for edit in edits
    ]
    columns = ("edit", "feature", "what", "reason", "who", "when", "before", "after")
    figures = ("iv_before", "iv_after", "iv_cost")
    frame = pd.DataFrame(rows, columns=[*columns, *figures, "notes"])
    return frame.astype(dict.fromkeys(figures, float))


def edits_sheet(table: pd.DataFrame) -> pd.DataFrame:
    """The table of edits as a page prints it: few columns, and notes where there are any."""
    told = [
        f"{row['edit']}: {row['what']}. {row['reason'].rstrip('.')} ({row['who']}, {row['when']})"
        for row in table.to_dict("records")
    ]
    bins = table["before"] + " → " + table["after"]
    sheet = table[["feature", "iv_before", "iv_after", "iv_cost", "notes"]]
    sheet.insert(1, "edit, why, who and when", pd.Series(told, index=sheet.index, dtype=object))
    sheet.insert(5, "bins before → after", bins)
    return sheet if sheet["notes"].astype(bool).any() else sheet.drop(columns="notes")


def _outdated(edit: Edit, edits: Sequence[Edit], fitted: Mapping[str, FeatureBins]) -> list[str]:
    held = in_force(edits)
    first = held.get(edit.feature, [None])[0] is edit
    if not first or edit.feature not in outdated(edits, fitted):
        return []
    return [f"the bins that were reviewed are no longer those that the data give: {fitted[edit.feature].division}"]


def outdated(edits: Iterable[Edit], fitted: Mapping[str, FeatureBins]) -> list[str]:
    """Edited features whose automatic bins are no longer those that were reviewed when they were first edited."""
    held = in_force(edits)
    return [name for name, of in held.items() if name in fitted and of[0].before != fitted[name].division]


def edit_checks(edits: Sequence[Edit], fitted: Mapping[str, FeatureBins], thresholds: Thresholds) -> list[CheckResult]:
    """Whether what was edited is still what was reviewed; no check where nothing is edited.

    `edits` and `fitted` are `edits_` and `fitted_` of a binning.
    """
    held = in_force(edits)
    if not held:
        return []
    changed = outdated(edits, fitted)
    told = Estimate(len(changed), n=len(held), method=f"bins that have changed: {', '.join(changed) or 'none'}")
    title = "Edited features whose automatic bins are no longer those that were reviewed"
    return [CheckResult("edits.outdated", title, told, thresholds["features.edits_outdated"])]
