"""A table that nobody prepared goes through two commands, or is refused with a sentence; never a traceback."""

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.pipeline.run_folder import read_evidence

Command = Callable[..., CompletedProcess[str]]
NAMES = ("a", "b", "c")


def drivers(n: int, bad: float = 0.2) -> tuple[np.random.Generator, np.ndarray, np.ndarray]:
    """Three normal columns and the outcome that follows them: the riskiest `bad` of all, after some luck."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    luck = X @ [1.0, 0.7, 0.5] + rng.logistic(size=n)
    return rng, X, (luck > np.quantile(luck, 1 - bad)).astype(int)


def plain(n: int, bad: float = 0.2) -> pd.DataFrame:
    _, X, y = drivers(n, bad)
    return pd.DataFrame(X.round(4), columns=list(NAMES)).assign(bad=y)


def wide() -> pd.DataFrame:
    rng, X, y = drivers(3000)
    noise = {f"v{i:03}": rng.integers(0, 4, 3000) for i in range(3, 498)}
    return pd.DataFrame({"loan_id": range(3000)} | {f"v{i:03}": X[:, i] for i in range(3)} | noise | {"bad": y})


def categorical() -> pd.DataFrame:
    _, X, y = drivers(2000)
    levels = {n: pd.cut(X[:, i], [-9, -1, 0, 1, 9], labels=["low", "mid", "high", "top"]) for i, n in enumerate(NAMES)}
    return pd.DataFrame(levels).astype("str").assign(ended=np.where(y == 1, "lost", "paid"))


def many_levels() -> pd.DataFrame:
    rng, X, y = drivers(150_000)
    shop = pd.Series(rng.integers(0, 100_000, 150_000)).astype("str")
    return pd.DataFrame({"a": X[:, 0].round(3), "b": X[:, 1].round(3), "shop": "shop " + shop, "bad": y})


def dated() -> pd.DataFrame:
    rng, X, y = drivers(3000)
    decided = pd.Series(pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 700, 3000), "D"))
    opened = decided - pd.to_timedelta((1000 + 200 * X[:, 0]).astype(int), "D")
    forms = {"decided": "%d.%m.%Y", "opened": "%Y-%m-%d", "moved": "%m/%d/%Y", "hired": "%d %b %Y", "seen": "%Y%m%d"}
    dates = {name: (decided if name == "decided" else opened).dt.strftime(form) for name, form in forms.items()}
    return pd.DataFrame(dates).assign(b=X[:, 1], bad=y)


def foreign() -> pd.DataFrame:
    rng, X, y = drivers(2000)
    numbers = {"Größe $ der {Wohnung} $": X[:, 0], 'доход, "чистый"': X[:, 1], "<b>x</b>": X[:, 2]}
    people = {"性别": rng.choice(["男", "女"], 2000), "âge": rng.integers(18, 80, 2000)}
    return pd.DataFrame(numbers | people | {"просрочка": y})


def repeated() -> pd.DataFrame:
    return plain(2000).set_axis(["x", "X", "x", "bad"], axis="columns")


def noise() -> pd.DataFrame:
    rows = plain(10_000)
    return rows.assign(bad=np.random.default_rng(1).permutation(rows["bad"]))


TARGET = ("--target", "bad")
COMMA = {"sep": ";", "decimal": ","}
SHAPES = {  # rows, how they are written, what `new` is told, how far the run goes
    "wide": (wide, {}, TARGET, "scorecard"),
    "tiny": (lambda: plain(400), {}, TARGET, ""),
    "imbalanced": (lambda: plain(20_000, 0.003), {}, TARGET, "validation"),
    "categorical": (categorical, {}, ("--target", "ended", "--bad", "lost"), "monitoring"),
    "numeric": (lambda: plain(1500), {}, TARGET, "policy"),
    "many_levels": (many_levels, {}, TARGET, "features"),
    "dated": (dated, {}, (*TARGET, "--date", "decided"), "monitoring"),
    "decimal_commas": (lambda: plain(1500).round(3), COMMA, TARGET, "features"),
    "foreign": (foreign, {}, ("--target", "просрочка"), "fairness"),
    "repeated": (repeated, {}, TARGET, "features"),
}
REFUSED = {  # by which command, and why
    "noise": (noise, "run", "a card needs a feature, and none of the candidates earned a place"),
    "thirty": (lambda: plain(30), "run", "a card needs a feature, and none of the candidates earned a place"),
    "one_class": (lambda: plain(500).assign(bad=0), "new", "the target must have both classes"),
    "empty": (lambda: plain(500).head(0), "new", "the file must hold rows"),
    "nothing_known": (lambda: plain(500).assign(**dict.fromkeys(NAMES)), "new", "a study needs a feature"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, make_project: Callable[..., Path]) -> Path:
    return make_project(tmp_path_factory.mktemp("new") / "project")


def new(riskbench: Command, home: Path, name: str, frame: pd.DataFrame, *told: str, **form: str) -> CompletedProcess:
    """Draft a study of a table that is written as a file with this name and this form."""
    frame.to_csv(home / f"{name}.csv", index=False, **form)
    return riskbench("new", name, "--from", f"{name}.csv", *told, cwd=home)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_of_any_shape_goes_from_new_to_a_dossier_in_two_commands(home: Path, riskbench, shape: str) -> None:
    rows, form, told, last = SHAPES[shape]
    drafted = new(riskbench, home, shape, rows(), *told, **form)
    assert drafted.returncode == 0, drafted.stderr
    assert drafted.stdout.rstrip().endswith(f"Next: riskbench run --study {shape}")
    only = ("--only", last) if last else ()
    done = riskbench("run", "--study", shape, "--out", f"reports/{shape}", *only, cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_a_dossier_without_complaints(home / "reports" / shape)


def assert_a_dossier_without_complaints(run: Path) -> None:
    assert (run / "index.html").is_file()
    page = (run / "intake.html").read_text("utf-8")
    assert "Traceback" not in page
    assert "Warning:" not in page


@pytest.mark.parametrize("case", REFUSED)
def test_what_gives_no_card_is_refused_with_a_sentence(home: Path, riskbench, case: str) -> None:
    rows, by, why = REFUSED[case]
    told = new(riskbench, home, case, rows(), *TARGET)
    if by == "run":
        assert told.returncode == 0, told.stderr
        told = riskbench("run", "--study", case, "--only", "scorecard", cwd=home)
    else:
        assert not (home / "data" / case).exists()
    assert told.returncode in (1, 2)
    assert why in told.stderr
    assert "Traceback" not in told.stdout + told.stderr


@pytest.fixture(scope="module")
def narrow(made_once: Callable[..., Path], make_project: Callable[..., Path], in_a_process, riskbench) -> Path:
    """A whole dossier whose card has two features, drafted by the real command line. Only read it."""

    def make(project: Path) -> None:
        make_project(project)
        drafted = new(in_a_process, project, "narrow", plain(1500)[["a", "b", "bad"]], *TARGET)
        assert drafted.returncode == 0, drafted.stderr
        assert drafted.stdout.rstrip().endswith("Next: riskbench run --study narrow")
        done = riskbench("run", "--study", "narrow", "--out", "reports/narrow", cwd=project)
        assert done.returncode == 0, done.stdout + done.stderr

    return made_once("narrow", make) / "reports" / "narrow"


def test_two_columns_and_a_target_are_enough_for_a_dossier(narrow: Path) -> None:
    assert_a_dossier_without_complaints(narrow)
    evidence = {e.id: e for e in read_evidence(narrow / "evidence.json")}
    assert evidence["scorecard.champion.features"].value == 2


def test_a_dossier_from_a_draft_says_that_nobody_has_confirmed_the_roles(narrow: Path) -> None:
    page = re.sub(r"<[^>]*>", "", (narrow / "governance.html").read_text("utf-8"))
    assert "Roles were guessed by name and value, and nobody has confirmed them" in page
    assert "illustrative" in re.sub(r"<[^>]*>", "", (narrow / "policy.html").read_text("utf-8"))


def test_the_dates_of_a_draft_become_ages_and_an_out_of_time_sample(home: Path, riskbench) -> None:
    assert new(riskbench, home, "ages", dated(), *TARGET, "--date", "decided").returncode == 0
    study = load_study(home / "data" / "ages" / "study.toml")
    assert set(study.features) == {f"days_since_{name}" for name in ("opened", "moved", "hired", "seen")}
    assert study.holdout == "out_of_time"
    assert study.retrospective


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["new", "mine", "--from", "absent.csv", "--target", "bad"], "absent.csv"),
        (["new", "mine", "--target", "bad"], "Missing option '--from'"),
        (["new", "Mine", "--from", "pyproject.toml", "--target", "bad"], "a study's name is of small letters"),
        (["new", "microloan", "--from", "pyproject.toml", "--target", "bad"], "data/microloan exists already"),
    ],
)
def test_bad_usage_of_new_exits_2_with_one_sentence(home: Path, riskbench, arguments, problem: str) -> None:
    done = riskbench(*arguments, cwd=home)
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert not (home / "data" / "mine").exists()
