"""Reject inference on one study: what the declined applications may hide, by one assumption after another.

A card is fitted on those who were accepted and scores everybody: how far could it be wrong where nobody was booked?
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.data.study import Study
from riskbench.metrics.discrimination import auc
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.rejects import comparison
from riskbench.scorecard.rejects.bivariate_probit import BivariateProbit, fit_bivariate_probit
from riskbench.scorecard.rejects.declined import declined, populations
from riskbench.scorecard.rejects.exclusion import exclusions, with_exclusions
from riskbench.scorecard.rejects.methods import (
    CHAMPION,
    PROBIT,
    PROBIT_GIVEN_DECISION,
    Applicants,
    effective_share,
    reweighted,
)
from riskbench.scorecard.rejects.refitting import applicants_of, fuzzy_gap, refit_and_score


@dataclass(frozen=True, eq=False)
class RejectInference:
    """The applications of a study, some of them declined, and what each assumption makes of them.

    `applications` (columns sample, y and those of the study), `features` and `champion_pd` have the same rows in the
    same order; `champion` is the card in use, `approval_rate`, in (0, 1), the share of applications that the policy
    approves, and `exclusion` names the columns that moved the decision and not the risk (None: those of
    `exclusion.py`).

    Each answer is worked out when it is first asked for. Whatever is asked where nobody was declined raises
    `NobodyDeclined`. Methods are fitted on the development sample and compared on the one that judges.
    """

    study: Study
    applications: pd.DataFrame
    features: pd.DataFrame
    champion: Scorecard
    champion_pd: pd.Series
    approval_rate: float
    exclusion: Sequence[str] | None = None

    @cached_property
    def declined(self) -> pd.Series:
        """Which applications were declined and have no label, by row."""
        return declined(self.study, self.applications)

    @property
    def populations(self) -> pd.DataFrame:
        """Who is known and who is not, in the sample that develops and in the one that judges."""
        samples = ["development", self.study.holdout]
        return populations(self.applications, self.declined, self.champion_pd, samples)

    @cached_property
    def applicants(self) -> Applicants:
        """What the methods know of the applications of development."""
        return applicants_of(self.champion, self._card_features[self._developing], self._y[self._developing])

    @property
    def decision_auc(self) -> Estimate:
        """How well the champion's features tell the declined of development from the known."""
        return auc(self.declined[self._developing].astype(int), 1 - self.applicants.acceptance)

    @property
    def effective_share(self) -> Estimate:
        """What reweighting leaves of the known."""
        return effective_share(reweighted(self.applicants))

    @cached_property
    def exclusions(self) -> list[str]:
        """The columns taken to move the decision and not the risk."""
        return exclusions(self.study, self.applications, self.exclusion)

    @cached_property
    def probit(self) -> BivariateProbit:
        """Decision and default of development, with the correlation of what is hidden in both."""
        here = self._developing
        return fit_bivariate_probit(self._woe[here], self._y[here], self._decision_inputs[here])

    @cached_property
    def pds(self) -> pd.DataFrame:
        """The PD of every application, one column a method, the champion first; no probit without an exclusion."""
        X = self._card_features
        refitted = refit_and_score(self.champion, X[self._developing], self.applicants, everyone=X)
        refitted.insert(0, CHAMPION, self.champion_pd)
        if not self.probit.identified:
            return refitted
        given = self.probit.probability_given(self._woe, self._decision_inputs, self.declined)
        return refitted.assign(**{PROBIT: self.probit.probability(self._woe), PROBIT_GIVEN_DECISION: given})

    @cached_property
    def compared(self) -> pd.DataFrame:
        """What champion and methods say of the sample that judges: one row each, as `compare` returns it."""
        judged = self.judged
        return comparison.compare(self.pds[judged], self._y[judged], self.declined[judged], self.approval_rate)

    @property
    def declined_pds(self) -> pd.DataFrame:
        """The mean PD of the declined by method, to draw: label, value and bounds, of which there are none."""
        points = self.compared[["method", "declined_pd"]].set_axis(["label", "value"], axis=1)
        return points.assign(lower=float("nan"), upper=float("nan"))

    @property
    def ranges(self) -> list[CheckResult]:
        """The champion's answers with the range of the methods: the declined, all, the accepted, swap-ins."""
        return comparison.ranges(self.compared, self.study.holdout)

    @property
    def fuzzy_gap(self) -> Estimate:
        """What fuzzy augmentation changes in a coefficient while the bins stay: nothing."""
        return fuzzy_gap(self.champion, self._card_features[self._developing], self.applicants)

    @property
    def judged(self) -> pd.Series:
        """The applications of the sample that judges, by row."""
        return self.applications["sample"] == self.study.holdout

    @cached_property
    def _developing(self) -> pd.Series:
        inside = self.applications["sample"] == "development"
        return inside & (self._y.notna() | self.declined)

    @property
    def _y(self) -> pd.Series:
        return self.applications["y"]

    @property
    def _card_features(self) -> pd.DataFrame:
        return self.features[list(self.champion.points_)]

    @cached_property
    def _woe(self) -> pd.DataFrame:
        return self.champion.binning_.transform(self._card_features)

    @cached_property
    def _decision_inputs(self) -> pd.DataFrame:
        return with_exclusions(self._woe, self.applications, self.exclusions)
