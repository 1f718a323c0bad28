"""Information values beside optbinning's, feature by feature: the benchmark table and two real portfolios.

    python benchmarks/information.py [--data FOLDER] [table-100k table-1m taiwan lendingclub]

Same limits for both: at most 8 bins, at least 5 % of all cases in a bin, bad rate ascending or descending, missing
values a bin of their own; defaults otherwise. By default `WoeBinning` also wants 30 cases in a bin. The information
value of both is computed here by one formula, from goods and bads of the bins, the missing one included; that each
solution keeps the limits is checked on the same counts. Judged are numeric features whose value at the peer's is .01
or more.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from binning_table import make_table
from peers import NotMeasured, ask
from protocol import DATA, ROOT, SOURCES, applications_of

from riskbench import metrics
from riskbench.data.study import load_study
from riskbench.scorecard import WoeBinning

LIMITS = {"max_bins": 8, "min_share": 0.05}
MEAN_BOUND, LEAST_BOUND, LEAST_IV = 1.0, 0.995, 0.01
MADE = {"table-100k": (100_000, 1), "table-1m": (1_000_000, 2)}  # rows and seed
TABLES = (*MADE, "taiwan", "lendingclub")


class Bins(NamedTuple):
    """Goods and bads of one feature's regular bins and of its missing bin, bins without cases left out."""

    goods: np.ndarray
    bads: np.ndarray
    regular: int

    @classmethod
    def of(cls, goods: np.ndarray, bads: np.ndarray, apart: int) -> "Bins":
        """From counts by bin, the last `apart` of which are special or missing values."""
        seen = goods + bads > 0
        return cls(goods[seen], bads[seen], int(seen[: len(seen) - apart].sum()))

    @property
    def iv(self) -> float:
        """Information value: the regular bins and the missing one."""
        return metrics.iv(self.goods, self.bads).value

    def limits_broken(self) -> str:
        """Which limits the regular bins do not keep; empty where they keep all."""
        cases = self.goods + self.bads
        rises = np.diff(self.bads[: self.regular] / cases[: self.regular])
        least = LIMITS["min_share"] * cases.sum()
        broken = {
            f"more than {LIMITS['max_bins']} bins": self.regular > LIMITS["max_bins"],
            f"a bin under {LIMITS['min_share']:.0%}": self.regular > 1 and cases[: self.regular].min() < least,
            "not monotone": not ((rises >= 0).all() or (rises <= 0).all()),
        }
        return ", ".join(what for what, is_so in broken.items() if is_so)


def numbers_of(name: str, data: Path) -> pd.DataFrame:
    """The numeric candidates of a table with its target y."""
    if name in MADE:
        return make_table(*MADE[name]).select_dtypes("number")
    study = load_study(ROOT / "data" / name / "study.toml")
    applications, X = applications_of(study, data / SOURCES[name][0])
    return X.select_dtypes("number").astype(float).assign(y=applications["y"].astype(int))


def compare(name: str, frame: pd.DataFrame) -> dict[str, float]:
    """The ratio of our information value to the peer's by feature that is judged; prints one line a feature."""
    binning = WoeBinning(max_bins=LIMITS["max_bins"], min_bin_share=LIMITS["min_share"], trend="auto")
    binning.fit(frame.drop(columns="y"), frame["y"])
    found = ask("optbinning", frame, {**LIMITS, "card": [], "repeat": 0})
    columns = " ".join(f"{title:>10s}" for title in ("IV", "bins", "IV of peer", "its bins", "ratio"))
    print(f"\n{name}: {len(frame):,} rows, optbinning {found['version']}\n{'feature':28s}{columns}")
    ratios = {}
    for feature, of in binning.features_.items():
        own = Bins.of(of.goods, of.bads, apart=1)
        theirs = found["bins"][feature]
        peer = Bins.of(np.array(theirs["goods"]), np.array(theirs["bads"]), apart=found["apart"])
        if peer.iv < LEAST_IV:
            continue
        ratios[feature] = own.iv / peer.iv
        broken = [f"{who} {text}" for who, b in (("ours:", own), ("peer:", peer)) if (text := b.limits_broken())]
        print(
            f"{feature:28s}{own.iv:10.5f} {own.regular:10d} {peer.iv:10.5f} {peer.regular:10d} {ratios[feature]:10.4f}"
            f"{'  ' if broken else ''}{'; '.join(broken)}"
        )
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"any of {', '.join(TABLES)}; all if none")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the .csv.gz files")
    chosen = parser.parse_args()
    if unknown := set(chosen.tables) - set(TABLES):
        parser.error(f"tables must be among {', '.join(TABLES)}, got {', '.join(sorted(unknown))}")
    ratios: dict[str, float] = {}
    for name in chosen.tables or TABLES:
        try:
            found = compare(name, numbers_of(name, chosen.data))
        except (NotMeasured, OSError) as error:
            print(f"\n{name}: not measured: {error}")
            continue
        ratios |= {f"{name}.{feature}": ratio for feature, ratio in found.items()}
    if ratios:
        worst = min(ratios, key=ratios.__getitem__)
        print(
            f"\nIV ratio over {len(ratios)} features: mean {np.mean(list(ratios.values())):.4f} (bound {MEAN_BOUND:g}),"
            f" smallest {ratios[worst]:.4f}, {worst} (bound {LEAST_BOUND:g})"
        )


if __name__ == "__main__":
    main()
