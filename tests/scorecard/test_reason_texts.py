import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import StudyError
from riskbench.data.study import Study, load_study
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.reason_texts import LANGUAGES, REASONS_FILE, FeatureWords, ReasonTexts, Words, load_texts

STUDIES = sorted((Path(__file__).parents[2] / "data").glob("*/study.toml"))
N = 400
X = pd.DataFrame(
    {
        "monthly_income": np.repeat([500.0, 1500.0, 2500.0, np.nan], N),
        "utilisation": np.tile([0.1, 0.6, -999.0, 0.9], N),
        "purpose": np.tile(np.repeat(["car", "home", "trip", "boat"], 2), N // 2),
    }
)
Y = (np.random.default_rng(0).random(4 * N) < np.repeat([0.5, 0.3, 0.1, 0.4], N)).astype(int)
Y[X["utilisation"] == 0.9] = np.tile([0, 1], N // 2)
BINS = WoeBinning(special_values={"utilisation": [-999]}, trend="none", rare_share=0).fit(X, Y).features_
TEXTS = ReasonTexts(
    {
        "monthly_income": FeatureWords(en="Monthly income", zh="月收入", missing=Words(zh="未填写")),
        "utilisation": FeatureWords(
            en="Used share of credit lines",
            zh="信用额度使用率",
            percent=True,
            special={"-999": Words(en="no bureau file", zh="无征信记录")},
        ),
        "purpose": FeatureWords(
            en="Purpose", zh="用途", levels={n: Words(en=n, zh=f"目的{n}") for n in ("car", "home", "trip", "boat")}
        ),
    }
)


def told(name, value, language="en", texts=TEXTS):
    column = pd.Series([value], dtype=X[name].dtype, name=name)
    return texts.text(BINS[name], int(BINS[name].bin_of(column)[0]), language)


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (500, "Monthly income below 1,000", "月收入低于1,000"),
        (1500, "Monthly income from 1,000 to below 2,000", "月收入达到1,000但低于2,000"),
        (9999, "Monthly income at 2,000 or above", "月收入达到2,000或以上"),
        (np.nan, "Monthly income: not known", "月收入：未填写"),
    ],
)
def test_intervals_and_missing_values_are_told_in_words(value, en, zh):
    assert (told("monthly_income", value), told("monthly_income", value, "zh")) == (en, zh)


def test_shares_are_told_in_percent_and_special_values_by_their_meaning():
    assert told("utilisation", 0.95).startswith("Used share of credit lines at ")
    assert told("utilisation", 0.95).endswith("% or above")
    assert told("utilisation", -999) == "Used share of credit lines: no bureau file"
    assert told("utilisation", -999, "zh") == "信用额度使用率：无征信记录"


def test_levels_are_named_and_unseen_ones_are_another_value():
    assert "trip" in told("purpose", "trip")
    assert "目的trip" in told("purpose", "trip", "zh")
    assert (told("purpose", "never seen"), told("purpose", "never seen", "zh")) == (
        "Purpose: another value",
        "用途：其他",
    )


def test_levels_pooled_with_others_are_told_with_them():
    few = pd.DataFrame({"city": ["A"] * 500 + ["B"] * 480 + ["C"] * 5 + ["D"] * 5})
    y = np.r_[np.tile([0, 0, 1], 330)]
    of = WoeBinning(max_bins=1, rare_share=0.02).fit(few, y).features_["city"]
    texts = ReasonTexts({"city": FeatureWords(en="City", zh="城市", proper=True)})
    assert (texts.text(of, 0), texts.text(of, 0, "zh")) == ("City: A, B or another value", "城市：A、B，或其他")


def test_a_single_bin_can_have_words_of_its_own():
    label = BINS["monthly_income"].labels[0]
    own = ReasonTexts({"monthly_income": FeatureWords(en="x", zh="y", bins={label: Words(en="Poor", zh="低收入")})})
    assert told("monthly_income", 500, "en", own) == "Poor"
    assert told("monthly_income", 500, "zh", own) == "低收入"


def test_what_has_no_words_falls_back_and_is_listed():
    bare = ReasonTexts({"monthly_income": FeatureWords(en="Monthly income")})
    assert told("monthly_income", 500, "zh", bare) == "Monthly income below 1,000（暂无中文说明）"
    assert told("utilisation", -999, "en", bare) == "utilisation: special value -999"
    assert "trip" in told("purpose", "trip", "en", bare)
    lacking = bare.lacking([BINS["monthly_income"]])
    assert lacking["language"].unique().tolist() == ["zh"]
    assert TEXTS.lacking(BINS.values()).empty


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language must be one of en, zh, got 'fr'"):
        TEXTS.text(BINS["purpose"], 0, "fr")


def every_bin_there_could_be(study: Study) -> WoeBinning:
    """A binning of every candidate of a study with all of its declared levels and special values."""
    columns = {name: study.columns[name] for name in study.raw_candidates}
    frame = {name: np.tile([0.0, 1.0, 2.0, np.nan], 50) for name in (*columns, *study.features)}
    for name, column in columns.items():
        if column.type == "category":
            levels = list(column.levels) or ["Aldermark"]
            frame[name] = np.resize(levels, 200).astype(object)
    special = {n: list(c.special) for n, c in columns.items() if c.special and c.type != "category"}
    return WoeBinning(special_values=special, rare_share=0, min_bin_share=0.001, min_bin_count=1).fit(
        pd.DataFrame(frame), np.tile([0, 1], 100)
    )


@pytest.mark.parametrize("file", STUDIES, ids=[path.parent.name for path in STUDIES])
def test_every_study_has_texts_in_both_languages_for_all_of_its_candidates(file):
    study = load_study(file)
    binning = every_bin_there_could_be(study)
    assert load_texts(file.parent, study).lacking(binning.features_.values()).to_dict("records") == []


def test_without_a_file_the_study_describes_its_features(tmp_path):
    study = load_study(next(path for path in STUDIES if path.parent.name == "south_german"))
    texts = load_texts(tmp_path, study)
    of = WoeBinning().fit(pd.DataFrame({"telephone": ["1", "2"] * 100}), [0, 1, 1, 1] * 50).features_["telephone"]
    assert "Telephone in the applicant's name: yes" in texts.table([of])["en"].tolist()
    assert all("暂无中文说明" in text for text in texts.table([of])["zh"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[nobody]\nen = 'x'", "names nobody, which the study does not have"),
        ("[purpose]\nfr = 'objet'", "purpose.fr: no such key is known here"),
        ("[purpose", "is not valid TOML"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_by_name(tmp_path, content, message):
    (tmp_path / REASONS_FILE).write_text(content)
    with pytest.raises(StudyError, match=message):
        load_texts(tmp_path, load_study(STUDIES[0]))


def test_the_table_has_one_text_a_bin_and_language():
    table = TEXTS.table(BINS.values())
    assert len(table) == sum(len(of.labels) for of in BINS.values())
    assert (table[list(LANGUAGES)].map(len) > 0).all(axis=None)
    assert json.loads(json.dumps(table.to_dict("list"))) == table.to_dict("list")
