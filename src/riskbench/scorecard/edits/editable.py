"""What makes a binning editable: the methods that change its bins by hand, each change written down, and their replay.

A class that takes them over has fitted bins by feature and says by `terms` what is asked of them.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from riskbench.core.errors import StudyError
from riskbench.data.counts import Counts, count, count_by
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.dividing import divided
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.binning.terms import Terms
from riskbench.scorecard.edits.arguments import Action, Arguments
from riskbench.scorecard.edits.author import author
from riskbench.scorecard.edits.breaches import breaches, require_cases
from riskbench.scorecard.edits.changes import changed, ordered
from riskbench.scorecard.edits.edit import Edit, in_force, marks
from riskbench.scorecard.edits.review import edits_table

SAME_IV = 1e-9  # two sums over the same cases differ by less
CountsFor = Callable[[str, Division], Counts]  # counts of a feature that are exact for a division


class EditableBins(ABC):
    """Manual edits of a fitted binning: `merge`, `split`, `set_cuts`, `set_groups`, `withdraw`, and their `replay`.

    Every edit needs a reason and is refused only where it makes no sense (a bin without cases, a level that nobody
    has); what it breaks of the trend or the limits is noted. The author is `who`, else the environment's
    RISKBENCH_USER, else git's user.name, else the login. A call with the words of one on record changes nothing, be
    that one withdrawn or not, so that a cell can be run twice; to do it again, give a reason of its own. Each returns
    the bins as they are then.

    They belong to this fit: a new `fit`, and a `clone` (cross_validate, GridSearchCV), starts from automatic bins. What
    keeps edited bins on other samples is `fix`, as `riskbench.scorecard.design.card_builder` calls it.

    Learned: `edits_`, all edits in order; `counts_`, fine counts by feature, in memory only; `fitted_`, the automatic
    bins of the edited features, in memory only.
    """

    features_: dict[str, FeatureBins]
    iv_: pd.Series
    counts_: dict[str, Counts]
    edits_: list[Edit]
    fitted_: dict[str, FeatureBins]

    def merge(self, feature: str, bins: Sequence[int | str], *, reason: str, who: str = "") -> FeatureBins:
        """Make one bin of several: positions in the table, neighbours for a number; or levels of a category."""
        return self._edit("merge", feature, Arguments.of_merge(bins), reason, who)

    def split(self, feature: str, at: Sequence[float | str], *, reason: str, who: str = "") -> FeatureBins:
        """Cut bins of a number `at` further values, or take the levels `at` out of their bin into one of their own."""
        return self._edit("split", feature, Arguments.of_split(at), reason, who)

    def set_cuts(self, feature: str, cuts: Sequence[float], *, reason: str, who: str = "") -> FeatureBins:
        """Cut a number at exactly these values, each of which belongs to the bin on its right; none: one bin."""
        return self._edit("set_cuts", feature, Arguments.of_cuts(cuts), reason, who)

    def set_groups(
        self, feature: str, groups: Sequence[Sequence[str]], *, reason: str, who: str = "", rest: int | None = None
    ) -> FeatureBins:
        """Group the levels of a category exactly so; levels not named go to group `rest`, or to a bin of their own."""
        return self._edit("set_groups", feature, Arguments.of_groups(groups, rest), reason, who)

    def withdraw(self, feature: str, *, reason: str, who: str = "") -> FeatureBins | None:
        """Go back to the automatic bins; also for a feature that is gone, whose edits would stand in the way."""
        check_is_fitted(self, "features_")
        _require_reason(reason)
        held = in_force(self.edits_)
        if any(edit.is_call(feature, "withdraw", Arguments(), reason) for edit in self.edits_):
            return self.features_.get(feature)
        if feature not in held:
            raise ValueError(f"no edit of {feature!r} is in force; those in force are of {', '.join(held) or 'none'}")
        if feature in self.features_ and feature not in self.fitted_:
            raise ValueError(f"the automatic bins of {feature!r} are not in memory: fit the binning again, then replay")
        now, back = self.features_.get(feature), self.fitted_.get(feature)
        self._write_down(
            action="withdraw",
            feature=feature,
            before=held[feature][-1].after,
            after=None if back is None else back.division,
            iv_before=now.iv if now and now.edited else None,
            iv_after=None if back is None else back.iv,
            reason=reason,
            who=who,
        )
        self.fitted_.pop(feature, None)
        return None if back is None else self._put(back)

    def replay(
        self,
        edits: Iterable[Edit],
        X: pd.DataFrame | None = None,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fix the bins that recorded edits made, counted on the cases fitted or, exactly for any cut, on `X` and `y`.

        To be called on a binning just fitted. Raises StudyError for edits of a feature that is not among the binning's
        or is of another kind now, and for those whose recorded IV is not that of their bins although the data are the
        same (bins before and their IV are those recorded); all others hold by then.
        """
        check_is_fitted(self, "features_")
        if self.edits_:
            raise ValueError("edits are replayed on automatic bins, and these are edited: fit the binning again")
        self.edits_ = list(edits)
        held = in_force(self.edits_)
        self.fitted_ = {name: self.features_[name] for name in held if name in self.features_}
        self.fix(self.edits_, X, y, sample_weight)
        counts_for = self._counting(X, y, sample_weight)
        told = [_unfit(of[0], self.features_.get(name)) for name, of in held.items() if not self._fits(of)]
        for of in held.values():
            if self._fits(of):
                told += self._misrecorded(of, counts_for)
        if told:
            raise StudyError("; ".join(told))
        return self

    def fix(
        self,
        edits: Iterable[Edit],
        X: pd.DataFrame | None = None,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Take edited bins as given, counted on the cases fitted or on `X` and `y`; nothing is written down.

        For cards built anew on part of the data (cross-validation, bootstrap): what a modeller fixed is not refitted.
        Edits of features that the binning does not have are passed over.
        """
        counts_for = self._counting(X, y, sample_weight)
        for name, held in in_force(edits).items():
            after = held[-1].after
            if after is not None and self._fits(held):
                self._put(replace(self._divided(name, after, counts_for(name, after)), edited=marks(held)))
        return self

    @abstractmethod
    def terms(self, name: str, counts: Counts) -> Terms:
        """What is asked of the bins of one feature: the binning's part."""

    def edits_table(self) -> pd.DataFrame:
        """One row an edit: feature, what, reason, who, when, before, after, IV before and after, its cost, notes."""
        check_is_fitted(self, "features_")
        return edits_table(self.edits_, self.fitted_)

    def _begin(self, counts: Mapping[str, Counts] | None = None, edits: Iterable[Edit] = ()) -> None:
        """The state of a binning whose bins are all automatic, or were edited elsewhere."""
        self.counts_, self.edits_, self.fitted_ = dict(counts or {}), list(edits), {}

    def _edit(self, action: Action, feature: str, given: Arguments, reason: str, who: str) -> FeatureBins:
        check_is_fitted(self, "features_")
        if feature not in self.features_:
            raise ValueError(f"feature must be one of {', '.join(self.features_)}, got {feature!r}")
        _require_reason(reason)
        now = self.features_[feature]
        if any(edit.is_call(feature, action, given, reason) for edit in self.edits_):
            return now
        if feature not in self.counts_:
            raise ValueError(f"the fine counts of {feature!r} are not in memory: fit the binning again, then edit it")
        counts, before = self.counts_[feature], now.division
        after = ordered(changed(action, before, given), counts)
        bins = self._divided(feature, after, counts)
        require_cases(bins, counts)
        self._write_down(
            action=action,
            feature=feature,
            arguments=given,
            before=before,
            after=after,
            iv_before=now.iv,
            iv_after=bins.iv,
            notes=breaches(bins, counts, self.terms(feature, counts)),
            reason=reason,
            who=who,
        )
        self.fitted_.setdefault(feature, now)
        return self._put(replace(bins, edited=marks(in_force(self.edits_)[feature])))

    def _write_down(self, who: str, **said: Any) -> None:
        previous = self.edits_[-1].hash if self.edits_ else ""
        now = dt.datetime.now(dt.UTC)
        self.edits_.append(Edit(number=len(self.edits_) + 1, who=author(who), when=now, previous=previous, **said))

    def _divided(self, feature: str, division: Division, counts: Counts) -> FeatureBins:
        return divided(feature, division, counts, self.terms(feature, counts))

    def _counting(self, X: pd.DataFrame | None, y: ArrayLike | None, sample_weight: ArrayLike | None) -> CountsFor:
        """Counts of the cases in `X` and `y`, or of those fitted where they are not given."""

        def counts_for(name: str, division: Division) -> Counts:
            if X is None or y is None:
                if name not in self.counts_:
                    raise ValueError(f"the fine counts of {name!r} are not in memory: give X and y, or fit again")
                return self.counts_[name]
            specials = self.features_[name].coding.specials
            if division.kind == "numeric":
                return count_by(division.coding(specials), X[name], np.asarray(y), weights=sample_weight)
            return count(X[name], np.asarray(y), specials, weights=sample_weight)

        return counts_for

    def _misrecorded(self, edits: Sequence[Edit], counts_for: CountsFor) -> list[str]:
        """What is wrong with the IV after of a feature's edits, as far as the data are those that they were made on."""
        name = edits[0].feature

        def iv(division: Division) -> float:
            return self._divided(name, division, counts_for(name, division)).iv

        wrong: list[str] = []
        if edits[0].before != self.fitted_[name].division:
            return wrong
        for edit in edits:
            if edit.after is None or edit.iv_before is None or abs(iv(edit.before) - edit.iv_before) > SAME_IV:
                break
            found = iv(edit.after)
            if edit.iv_after is None or abs(found - edit.iv_after) > SAME_IV:
                wrong.append(
                    f"edit {edit.number} of {name!r} says that its bins have IV {edit.iv_after}, and on the same data "
                    f"they have {found!r}: put the edit back from version control, or withdraw it and edit anew"
                )
        return wrong

    def _fits(self, edits: Sequence[Edit]) -> bool:
        """Whether the feature of edits is there and of their kind."""
        bins = self.features_.get(edits[-1].feature)
        return bins is not None and bins.coding.kind == edits[-1].before.kind

    def _put(self, bins: FeatureBins) -> FeatureBins:
        self.features_ = self.features_ | {bins.name: bins}
        self.iv_ = self.iv_.copy()
        self.iv_[bins.name] = bins.iv
        return bins


def _require_reason(reason: Any) -> None:
    if not isinstance(reason, str) or not reason.strip():
        got = "a blank" if isinstance(reason, str) else repr(reason)
        raise ValueError(f"an edit of bins needs a reason, got {got}")


def _unfit(edit: Edit, bins: FeatureBins | None) -> str:
    now = "no feature of the study any more" if bins is None else f"{bins.coding.kind} now"
    return (
        f"edit {edit.number} is of {edit.feature!r}, which is {now}: declare it as it was, or record that its edits "
        f"no longer hold, with binning.withdraw({edit.feature!r}, reason=...) and stage.keep_edits(binning)"
    )
