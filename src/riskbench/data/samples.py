"""Samples: who develops the model and who tests it, and who of them has a label.

The split is a salted hash of the customer, so that repeat borrowers never straddle development and test, and so that
it depends neither on row order nor on the key of the pseudonyms.
"""

import hashlib
from typing import get_args

import numpy as np
import pandas as pd

from riskbench.data.study import Study
from riskbench.data.study.sections import Sample

SAMPLES: tuple[Sample, ...] = get_args(Sample)


def labelled(applications: pd.DataFrame, sample: Sample, *others: Sample) -> pd.Series:
    """Whether each application is of one of these samples and has a label: good or bad, so that its outcome is known.

    `applications` has the columns sample and y (1 bad, 0 good, NaN without a label). Boolean, by its index.

    >>> rows = pd.DataFrame({"sample": ["development", "development", "test"], "y": [1.0, None, 0.0]})
    >>> labelled(rows, "development").tolist()
    [True, False, False]
    >>> labelled(rows, "development", "test").tolist()
    [True, False, True]
    """
    return applications["sample"].isin([sample, *others]) & applications["y"].notna()


def hash_shares(values: pd.Series, salt: str) -> np.ndarray:
    """A number in [0, 1) for each value: the first 8 bytes of SHA-256 over salt and value.

    >>> bool(hash_shares(pd.Series(["a", "a"]), "s")[0] == hash_shares(pd.Series(["a"]), "s")[0])
    True
    """
    codes, uniques = pd.factorize(values, use_na_sentinel=False)
    digests = (hashlib.sha256(f"{salt}\x1f{value}".encode()).digest()[:8] for value in uniques)
    return np.array([int.from_bytes(digest, "big") / 2**64 for digest in digests])[codes]


def assign_samples(study: Study, applications: pd.DataFrame, split: int = 0) -> pd.Series:
    """One of `SAMPLES` for each application.

    Without dates, or inside the development period, customers go to test with probability `test_share`, else to
    development; the out-of-time period is by date; every other application is `monitoring`: scored, never fitted.
    `split` other than 0 draws another split into development and test by the same rule, one for each number.
    """
    s = study.samples
    salt = f"{s.salt}\x1f{split}" if split else s.salt
    shares = hash_shares(applications[study.base.customer], salt)
    split_in_two = np.where(shares < s.test_share, "test", "development")
    if s.development is None:
        return pd.Series(split_in_two, index=applications.index, dtype="str")
    when = pd.to_datetime(applications[study.as_of]).dt.normalize()  # a period's last day counts to its last hour
    developing = when.between(pd.Timestamp(s.development.first), pd.Timestamp(s.development.last)).to_numpy()
    sample = np.where(developing, split_in_two, "monitoring")
    if s.out_of_time is not None:
        later = when.between(pd.Timestamp(s.out_of_time.first), pd.Timestamp(s.out_of_time.last)).to_numpy()
        sample = np.where(later & ~developing, "out_of_time", sample)
    return pd.Series(sample, index=applications.index, dtype="str")
