"""The bundle: everything that a decision takes, as one JSON document that is known by the SHA-256 of its bytes.

It holds the card, the level of its PDs, the policy, what customers are told, what must be handed over for a decision,
and the hashes of what it was made from. Whoever approves, promotes or rolls back names that address. A signature is
about the address and stands in the registry: inside of the document it would change what it signs. It is text, never a
pickle: reading it executes nothing.
"""

import functools
import hashlib
import json
from math import isclose
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, ValidationError, model_validator

from riskbench.core.errors import CannotRun, DataError, broken_rules
from riskbench.core.files import canonical_json, digest
from riskbench.data.applications import yes_or_no
from riskbench.data.features.formulas import compute
from riskbench.decision.bundle.input_checks import checked
from riskbench.decision.bundle.parts import SHA256, Inputs, LevelStep, MadeFrom, Part, Reasons
from riskbench.decision.bundle.telling import deciders
from riskbench.decision.decide import decide, decide_with_arms
from riskbench.decision.meaning.reads import AGE
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.document import policy_of
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.document import card_document, read_document

SCHEMA_VERSION = 2
BUNDLE_FILE = "artifacts/policy/bundle.json"  # where a run keeps its bundle
OWN = ("score", "pd")  # what a rule may read beside the inputs: the bundle computes it


class BundleError(CannotRun):
    """A bundle is absent, was changed or cannot be understood: nothing may be decided with it."""


class Bundle(Part):
    """A card and a policy that decide together, with all that they need.

    `card` is valid by `schemas/card.schema.json` and `card_address` its address; `calibration` are the steps that lead
    from its logit to the PD that is applied. `policy` is the policy file as data, where a band's open end is null.
    """

    schema_version: Literal[2]
    title: str
    study: str
    card: dict[str, Any]
    card_address: str = Field(pattern=SHA256)
    calibration: list[LevelStep] = Field(min_length=1)
    policy: dict[str, Any]
    reasons: Reasons
    inputs: Inputs
    made_from: MadeFrom

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        card, policy = self.scorecard, self.credit_policy
        if canonical_json(card_document(card, self.card["title"], self.card["version"])) != canonical_json(self.card):
            raise ValueError("card must be what the card itself would write down, and holds something else as well")
        if self.card_address != self.card["sha256"]:
            raise ValueError(f"card_address must be that of the card, {self.card['sha256']}, got {self.card_address}")
        if unknown := self._reads - {*OWN, "amount" if self.inputs.amount else ""} - self._named:
            raise ValueError(f"inputs must describe all that is read, and lack {', '.join(sorted(unknown))}")
        _same("one text a bin", {of.feature: len(of.bins) for of in self.reasons.features}, _bins(card))
        expected = deciders(self.effective_policy.arm(CHAMPION))
        _same("one text for all that can decide", [of.rule for of in self.reasons.rules], expected)
        for other in policy.alternatives:
            said = {*expected, *(of.rule for of in self.reasons.alternatives.get(other.name, []))}
            _same(f"a text for all of {other.name}", sorted({*deciders(policy.arm(other.name))} - said), [])
        intercept, slope = 0.0, 1.0
        for step in self.calibration:
            intercept, slope = step.intercept + step.slope * intercept, step.slope * slope
        applied = card.correction_
        if not all(
            isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) for a, b in zip((intercept, slope), applied, strict=True)
        ):
            raise ValueError(f"calibration must lead to the line of the card, {applied}, got {(intercept, slope)}")
        return self

    @functools.cached_property
    def scorecard(self) -> Scorecard:
        """The card, fitted; ValueError where its document is not what its address says."""
        return read_document(self.card)

    @functools.cached_property
    def credit_policy(self) -> Policy:
        """The policy; ValueError where it breaks a rule of the policy's file."""
        return policy_of(self.policy)

    @functools.cached_property
    def effective_policy(self) -> Policy:
        """The policy by which the bundle decides: before its own rules stand the checks of the inputs.

        A value outside of what `inputs` states refers (`below:<column>`, `above:<column>`, `level:<column>`), by the
        champion and by every alternative.
        """
        return checked(self.credit_policy, self.inputs.columns)

    @property
    def document(self) -> dict[str, Any]:
        """The bundle as data for JSON."""
        return self.model_dump(mode="json")

    @property
    def address(self) -> str:
        """SHA-256 of the canonical JSON: that of the file's bytes, as `sha256sum` gives it."""
        return digest(self.document)

    def lacking(self, columns: pd.Index, of: str = "") -> list[str]:
        """The columns that a table would need and does not have, for all of it or for the "card" alone."""
        given = set(columns)
        if of != "card":  # all of them are checked, whatever was handed over ready made
            return sorted({column.name for column in self.inputs.columns} - given)
        formulas = {made.name: made.reads for made in self.inputs.engineered if made.name not in given}
        return sorted({column for name in self.scorecard.points_ for column in formulas.get(name, [name])} - given)

    def completed(self, frame: pd.DataFrame, of: str = "") -> pd.DataFrame:
        """The same rows with the engineered features computed that are not there yet; those there are left as they are.

        Raises `DataError` that names the columns that are lacking.
        """
        if lacking := self.lacking(frame.columns, of):
            told = f"the bundle of {self.study} reads columns that the table does not have"
            raise DataError(told, column=", ".join(lacking))
        asked = set(self.scorecard.points_) if of == "card" else self._reads
        formulas = {e.name: e.formula for e in self.inputs.engineered if e.name in asked and e.name not in frame}
        computed = compute(frame, formulas)
        return frame.assign(**{name: yes_or_no(computed[name]) for name in formulas}) if formulas else frame

    def score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`score` (points, larger is safer) and `pd` as it is applied, by row of `frame`, on its index.

        `frame` holds the columns that `inputs` names, and more where it likes. Raises as `completed` does.
        """
        X = self.completed(frame, of="card")[list(self.scorecard.points_)]
        scored = {"score": self.scorecard.points(X), "pd": self.scorecard.predict_proba(X)[:, 1]}
        return pd.DataFrame(scored, index=frame.index)

    def read_by_policy(self, frame: pd.DataFrame) -> pd.DataFrame:
        """What the policy decides on: `score`, `pd`, `amount` where amounts are known, and what its rules read.

        Ages of its sources are taken along where `frame` has them.
        """
        complete = self.completed(frame)
        read = self.score(complete)
        if self.inputs.amount:
            read["amount"] = complete[self.inputs.amount].astype(float)
        ages = {str(name) for name in frame if str(name).startswith(AGE)}
        asked_for = {*self.effective_policy.variables, *ages} - set(read)
        return read.assign(**{name: complete[name] for name in sorted(asked_for)})

    def decide(self, frame: pd.DataFrame, *, assume_fresh: bool = False) -> pd.DataFrame:
        """Decide every row of `frame`, which is as in `score`, by the champion's policy.

        What `decision.decide.decide` gives, on its index; `assume_fresh` is as there.
        """
        return decide(self.effective_policy, self.read_by_policy(frame), assume_fresh=assume_fresh)

    def decide_with_arms(self, frame: pd.DataFrame, *, assume_fresh: bool = False) -> pd.DataFrame:
        """Decide every row by the policy of its arm, and beside it by every shadow.

        `frame` is as in `score` and has the column `inputs.customer`, where the policy has arms. Gives what
        `decision.decide.decide_with_arms` gives, on its index; raises as it does.
        """
        read = self.read_by_policy(frame)
        by = self.inputs.customer if self.credit_policy.arms else ""
        read = read.assign(**{by: frame[by]}) if by and by in frame else read
        return decide_with_arms(self.effective_policy, read, by, assume_fresh=assume_fresh)

    @property
    def _named(self) -> set[str]:
        return {variable.name for variable in [*self.inputs.columns, *self.inputs.engineered]}

    @property
    def _reads(self) -> set[str]:
        """What card and policy read, by name."""
        return {*self.scorecard.points_, *self.credit_policy.variables}


def load_bundle(source: Path | bytes, expected: str | None = None) -> Bundle:
    """The bundle of a file or of bytes; with `expected`, the one of that address and no other.

    Raises `BundleError`, a sentence, where there is none, where a byte of it was changed, where it is cut off, of a
    schema version that is not known here, or holds a key or a value that no bundle has.
    """
    name, content = _read(source)
    found = hashlib.sha256(content).hexdigest()
    if expected is not None and found != expected:
        raise BundleError(f"{name} is not the bundle that was asked for: it has the address {found}, not {expected}")
    try:
        document = json.loads(content)
        text = canonical_json(document)
    except (ValueError, RecursionError):
        raise BundleError(f"{name} is no bundle: it is cut off, or is not the JSON that a bundle is") from None
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        told = f"{name} is a bundle of schema version {version!r}, and {SCHEMA_VERSION} is what can be read here"
        newer = isinstance(version, int) and version > SCHEMA_VERSION
        remedy = "read it with a newer riskbench" if newer else "make it again by a run of today's riskbench"
        raise BundleError(f"{told}. What to do: {remedy}")
    try:
        bundle = Bundle.model_validate(document)
    except ValidationError as error:
        raise BundleError(f"{name} breaks a rule of bundles: {'; '.join(broken_rules(error, 'bundle', 3))}") from None
    except (
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
    ) as error:  # the card's own reader met what it does not know
        raise BundleError(f"{name} breaks a rule of bundles: its card cannot be read ({error!r})") from None
    if text.encode() != content or bundle.address != found:
        raise BundleError(f"{name} is not written as bundles are: its bytes are not its canonical form")
    return bundle


def _read(source: Path | bytes) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        return "this", source
    try:
        return str(source), source.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise BundleError(f"there is no bundle {source}") from None


def _bins(card: Scorecard) -> dict[str, int]:
    return {name: len(points) for name, points in card.points_.items()}


def _same(rule: str, got: object, expected: object) -> None:
    if got != expected:
        raise ValueError(f"reasons must hold {rule}, {expected}, got {got}")
