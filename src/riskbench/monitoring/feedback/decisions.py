"""The decisions of a log as one row each, with what held in the end: after reviews and overrides, up to a moment."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

KINDS = ("decision", "review", "override")  # of the entries that say what held
COLUMNS = ["decision", "at", "application", "model", "run", "arm", "band", "action", "said", "override", "pd", "score"]
_TEXTS = [name for name in COLUMNS if name not in ("at", "override", "pd", "score")]


def decisions_of(contents: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a decision of the entries `contents`, in their order.

    `contents` are entries of a decision log as plain data (`DecisionLog.contents`), in order; whatever is not to be
    known is left out before. `at` is UTC; `model` the address of the bundle; `said` is what the policy said and
    `action` what held last: a review that settles a referral, or an override, replaces it. `override` is true where a
    person decided otherwise than the policy said, without having been asked. `pd` and `score` are missing where the
    model was stopped.

    >>> said = {"action": "refer", "band": "middle"}
    >>> made = {"kind": "decision", "id": "d1", "at": "2026-03-01T12:00:00Z", "application": "a", "bundle": "b",
    ...         "run": "", "arm": "champion", "pd": 0.1, "score": 500, "said": said}
    >>> review = {"kind": "review", "decision_id": "d1", "action": "approve", "settles": True}
    >>> decisions_of([made, review])[["said", "action", "override"]].values.tolist()
    [['refer', 'approve', False]]
    """
    rows: dict[str, dict[str, Any]] = {}
    for entry in contents:
        match entry["kind"]:
            case "decision":
                rows[entry["id"]] = _row(entry)
            case "review" if entry.get("settles", True) and entry["decision_id"] in rows:
                rows[entry["decision_id"]]["action"] = entry["action"]
            case "override" if entry["decision_id"] in rows:
                rows[entry["decision_id"]] |= {"action": entry["to_action"], "override": True}
    frame = pd.DataFrame(list(rows.values()), columns=COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601").dt.tz_localize(None)
    return frame.astype(dict.fromkeys(_TEXTS, "str") | {"override": bool, "pd": float, "score": float})


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    said = entry["said"]
    return {
        "decision": entry["id"],
        "at": entry["at"],
        "application": entry["application"],
        "model": entry["bundle"],
        "run": entry.get("run", ""),
        "arm": entry["arm"],
        "band": said["band"],
        "action": said["action"],
        "said": said["action"],
        "override": False,
        "pd": entry["pd"],
        "score": entry["score"],
    }
