"""What the page of alternatives shows: the champion's standing, what carries its gaps, and the cards put forward."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.scorecard.regression.logit import Logit
from riskbench.validation.alternatives.found import Found
from riskbench.validation.alternatives.measures import OF_GROUPS
from riskbench.validation.alternatives.workshop import Recipe, Workshop
from riskbench.validation.fairness.proxies import proxies

SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def standing(found: Found) -> pd.DataFrame:
    """How unlike the champion treats groups on the holdout, one row an attribute.

    Columns: attribute, lowest, highest (the groups with these approval rates), approval_gap, adverse_impact_ratio and
    opportunity_gap with intervals.
    """
    yardstick, champion = found.yardstick, found.tried[0]
    rows = []
    for attribute, names in yardstick.judged.names.items():
        rates = yardstick.approval_rates(found.risk(champion), attribute)
        row: dict[str, str | float | None] = {"attribute": attribute}
        row |= {"lowest": names[rates.argmin()], "highest": names[rates.argmax()]}
        for statistic in OF_GROUPS:
            row |= found.level(champion, statistic, attribute).columns(statistic)
        rows.append(row)
    return pd.DataFrame(rows)


def carriers(found: Found, most: int = 4) -> pd.DataFrame:
    """By attribute the features that carry most of the gap between the groups of lowest and highest approval rate.

    Columns: attribute, feature, `points_apart` (mean points that the lowest group lacks by the feature, on
    development), `proxy_auc` (AUC by which the feature alone tells the two groups apart, held out), iv.
    """
    tables, shop = [], found.workshop
    for attribute in found.yardstick.judged.groups:
        guide, champion = found.search.guide(attribute, found.tried[0]), found.tried[0]
        carried = guide.carried(champion.recipe, champion.logit)
        first = sorted((name for name in carried if carried[name] > 0), key=lambda name: -carried[name])[:most]
        rows = shop.development & (guide.low | guide.high)
        strength = proxies(shop.X.loc[rows, first], np.where(guide.low, "low", "high")[rows], seed=found.seed)
        table = pd.DataFrame({"attribute": attribute, "feature": first})
        table["points_apart"] = [found.factor * carried[name] for name in first]
        table["proxy_auc"] = table["feature"].map(strength.set_index("feature")["auc"])
        tables.append(table.assign(iv=[shop.binning.features_[name].iv for name in first]))
    return pd.concat(tables, ignore_index=True)


def everybody(found: Found) -> pd.DataFrame:
    """What each card put forward does to every attribute, one row a card and attribute, on the holdout.

    Columns: card, attribute, approval_gap, gap_change with interval, adverse_impact_ratio, ratio_change with
    interval, opportunity_change with interval.
    """
    cards = {nominee.number: nominee.tried for nominee in found.nominees}
    if not cards:
        raise NotEvaluated("no card is put forward")
    rows = []
    for number, tried in cards.items():
        for attribute in found.yardstick.judged.groups:
            row = {"card": number, "attribute": attribute}
            row["approval_gap"] = found.level(tried, "approval_gap", attribute).value
            row |= found.difference(tried, "approval_gap", attribute).columns("gap_change")
            ratio = "adverse_impact_ratio"
            row[ratio] = found.level(tried, ratio, attribute).value
            row |= found.difference(tried, ratio, attribute).columns("ratio_change")
            rows.append(row | found.difference(tried, "opportunity_gap", attribute).columns("opportunity_change"))
    return pd.DataFrame(rows)


def frontier(found: Found) -> pd.DataFrame:
    """All cards by approval gap of the widest attribute and AUC, both on the holdout, for `frontier_plot`.

    Cards that lose more than four times what is tolerated are left out: they would hide the others. Columns: kind
    (champion, alternative, frontier: no card tried has both more AUC and a smaller gap on development, or tried), label
    (the number of an alternative), approval_gap and auc. Alternatives have bounds: those of their difference to the
    champion, laid around it.
    """
    names, attribute = found.yardstick, found.widest
    at = [names.place("approval_gap", attribute), names.place("auc")]
    numbers = {of.tried.recipe: of.number for of in found.nominees if of.attribute == attribute}
    far = 4 * found.thresholds["alternatives.auc_lost"].bound
    developed = np.array([of.figures[at] for of in found.tried])
    rows = []
    for tried, values, known in zip(found.tried, found.on_holdout[:, at], developed, strict=True):
        kind = "frontier" if _undominated(known, developed) else "tried"
        row = {"kind": kind, "label": "", "approval_gap": values[0], "auc": values[1]}
        if tried is found.tried[0]:
            row |= {"kind": "champion", "label": "champion"}
        elif tried.recipe in numbers:
            row |= {"kind": "alternative", "label": str(numbers[tried.recipe])}
            for name, base, of in (("approval_gap", 0, attribute), ("auc", 1, "")):
                change, start = found.difference(tried, name, of), found.on_holdout[0, at[base]]
                if change.lower is not None and change.upper is not None:
                    row |= {f"{name}_lower": start + change.lower, f"{name}_upper": start + change.upper}
        if values[1] >= found.on_holdout[0, at[1]] - far:
            rows.append(row)
    columns = [f"{name}{end}" for name in ("approval_gap", "auc") for end in ("", "_lower", "_upper")]
    return pd.DataFrame(rows, columns=["kind", "label", *columns])


def cut_offs(found: Found) -> pd.DataFrame:
    """The first card put forward for the widest attribute beside the champion, at other approval rates, on the holdout.

    Columns: approval_share, champion_gap, approval_gap, gap_change with interval, champion_bad_rate, bad_rate.
    """
    nominee = next((of for of in found.nominees if of.attribute == found.widest), None)
    if nominee is None:
        raise NotEvaluated("no card is put forward for the attribute of the widest gap")
    rows = []
    for at in sorted({*SHARES, found.yardstick.judged.share}):
        champion, other = found.at(found.tried[0], at), found.at(nominee.tried, at)
        gaps = [found.estimate(of, "approval_gap", found.widest) for of in (champion, other, other - champion)]
        rates = [found.estimate(of, "bad_rate").value for of in (champion, other)]
        rows.append(
            {"approval_share": at, "champion_gap": gaps[0].value, "approval_gap": gaps[1].value}
            | gaps[2].columns("gap_change")
            | {"champion_bad_rate": rates[0], "bad_rate": rates[1]}
        )
    return pd.DataFrame(rows)


def least_auc(found: Found) -> float:
    """The AUC on the holdout from which a card is as good as the champion."""
    auc = float(found.on_holdout[0, found.yardstick.place("auc")])
    return auc - found.thresholds["alternatives.auc_lost"].bound


def refit_difference(workshop: Workshop, champion: Recipe, logit: Logit) -> Estimate:
    """The largest difference between the log odds of the champion's logit and of its refit, over all applications."""
    refit, everybody = workshop.fit(champion), np.ones(len(workshop.y), dtype=bool)
    if refit is None:
        return Estimate.missing("the champion has no fit on the development sample", len(everybody))
    gaps = workshop.risk(champion, refit, everybody) - workshop.risk(champion, logit, everybody)
    return Estimate(float(np.abs(gaps).max()), n=len(gaps), method="largest absolute difference of log odds")


def _undominated(card: Sequence[float], others: np.ndarray) -> bool:
    """Whether no other card has as small a gap and as much AUC, and one of the two better; columns gap, AUC."""
    gap, auc = card
    as_good = (others[:, 0] <= gap) & (others[:, 1] >= auc)
    return not (as_good & ((others[:, 0] < gap) | (others[:, 1] > auc))).any()
