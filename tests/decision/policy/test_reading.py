"""The file of a policy: every mistake is refused with its line, its key and what is wrong.

`whole.yaml` is right. Each case changes one place of it and says in which line the fault is told, and in which words.
"""

import re
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import StudyError
from riskbench.core.written.file import LARGEST
from riskbench.data.study import Study, load_study
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy

WHOLE = (Path(__file__).parent / "whole.yaml").read_text("utf-8")
STUDIES = Path(__file__).parents[3] / "data"
RULE = """\
  - name: {name}
    when: {when}
    action: {action}
    reason: r
    on_missing: {on_missing}
freshness:
"""

NOT_PLAIN = [
    ("  - {name: prime", "\t- {name: prime", 4, "a tab stands here. What to do: indent with spaces"),
    ("key: spring", "key: &k spring", 64, "&k names a part to be used elsewhere"),
    ("key: spring", "key: *k", 64, r"\*k points elsewhere, which hides what is decided"),
    ("key: spring", "key: !!str 5", 64, "the tag .*str is not plain YAML"),
    ("key: spring", "key: no", 64, 'no is read as false. What to do: write "no" for the text, or false'),
    ("{name: review", "{name: on", 6, 'on is read as true. What to do: write "on"'),
    ("from: 500, to: 520", "from: 500, to: 0520", 6, "0520 is read as 336. What to do: write 336, or"),
    ("value: 50\n", "value: 5_0\n", 45, "5_0 is read as 50"),
    ("value: 50\n", "value: 1:30\n", 45, "1:30 is read as 90"),
    ("value: 50\n", "value: 5e1\n", 45, "5e1 is read as a text. What to do: write it 50"),
    ("value: 50\n", "value: 1,000\n", 45, "1,000 is read as a text. What to do: write it 1000"),
    ("value: 50\n", "value: .nan\n", 45, "would never hold"),
    ("value: 50\n", f"value: 1{'0' * 400}\n", 45, "too large a number"),
    ("to: .inf}", "to: inf}", 4, r"inf is read as a text. What to do: write it \.inf"),
    ("key: spring", "key: 2026-01-01", 64, 'read as a date. What to do: write "2026-01-01"'),
    ("key: spring", "key:", 64, "nothing stands after key"),
    ("[informal, self_employed]}", "[informal, ~]}", 16, "an item of a list is empty"),
    ("key: spring", "key: spring\n  key: autumn", 65, "key 'key' is given twice, first in line 64"),
    ("key: spring", "1: spring", 64, 'the key 1 is read as a number. What to do: write "1"'),
    ("key: spring", "<<: {key: spring}", 64, "<< would merge"),
    ("key: spring", "? [key]\n  : spring", 64, "a key must be one word"),
    ('op: ">="', "op: >=", 10, 'operators stand in quotes, as in op: ">="'),
    ('op: ">="', "op: !=", 10, "operators that begin with ! stand in quotes"),
    ("key: spring", "key: spring: summer", 64, "a text that holds a colon and a space stands in quotes"),
    ("  lgd: 0.6", "  lgd: [0.6", 78, r"\[ opens here and is not closed. What to do: write ]"),
    ("limit_share: 0.5}", "limit_share: 0.5", 5, "{ opens here and is not closed. What to do: write }"),
    ("  lgd: 0.6", "  lgd:0.6", 78, "a space is missing after the colon of lgd"),
    (
        "action: approve, from: 550",
        "action:approve, from: 550",
        4,
        "a space is missing after the colon of action:approve",
    ),
    ("  lgd: 0.6", "  lgd：0.6", 78, "： stands here, and YAML knows : only. What to do: write :"),
    ("name: prime, action", "name: prime，action", 4, "， stands here, and YAML knows , only"),
    ("  lgd: 0.6", "  lgd:\u00a00.6", 78, r"the space here is no plain one .U\+00A0.. What to do: write a plain space"),
    (
        "  lgd: 0.6",
        "   lgd: 0.6",
        79,
        "the line is indented otherwise than those it belongs to. What to do: begin the keys",
    ),
    ("    action: decline\n", "   action: decline\n", 11, "the line is indented otherwise than those it belongs to"),
    ("  - name: informal_and_large", "  -name: informal_and_large", 14, "a space is missing after the dash"),
    (
        "  - name: informal_and_large",
        "  – name: informal_and_large",
        14,
        "– begins no item of a list. What to do: write -",
    ),
    ("key: spring", 'key: "spring', 64, "a text in quotes begins here and does not end"),
    (
        "prime: 400, reduced",
        "prime: 400,5, reduced",
        31,
        "5 stands alone behind a comma. What to do: write numbers with a point",
    ),
    ("from: 550, to", "from: 1,000, to", 4, "000 stands alone behind a comma"),
    ("economics:", "---\neconomics:", 78, "a second document begins here"),
    ("key: spring", "key: " + "[" * 50, 64, "deeper than 20 levels"),
    ("key: spring", "key: a\x07b", 64, r"the character U\+0007"),
]

SECTIONS = [
    ("schema_version: 2", "schema_version: 1", 2, "schema_version: must be 2, got the number 1"),
    ("  lgd: 0.6\n", "", 77, "economics.lgd: this key is missing"),
    ("economics:", "economy:", 77, "economy: no such key is known here; did you mean economics?"),
    ("economics:", "cutoff: 5\neconomics:", 77, "cutoff: no such key is known here, only schema_version, bands"),
    ("on_missing: refer", "on_mising: refer", 13, r"rules\.0\.on_mising: .* did you mean on_missing\?"),
    (
        "action: decline\n",
        "action: declined\n",
        11,
        "rules.0.action: must be refer or decline, got .* did you mean decline?",
    ),
    ("action: decline\n", "action: approve\n", 11, "must be refer or decline, got the text approve"),
    ("action: approve", "action: aprove", 4, r"bands\.0\.action: .*did you mean approve\?"),
    ('op: ">="', 'op: "=>"', 10, r"rules\.0\.when\.op: must be ==, !=, .*did you mean"),
    ('op: ">=", value: 5', 'op: ">=", value: "5"', 10, "takes a number, got '5'"),
    ("value: [informal, self_employed]", "value: informal", 16, r"rules\.1\.when\.0\.value: .*take a list"),
    ("value: [informal, self_employed]", "value: []", 16, "with an empty list it never holds"),
    ("value: [informal, self_employed]", "value: [informal, 3]", 16, "numbers or texts, not both"),
    ("value: [informal, self_employed]", "value: [informal, informal]", 16, "more than once"),
    ("value: 0.8}", "value: .inf}", 17, "every number is on one side of infinity"),
    ("from: 550, to: .inf", "from: 550, to: 550", 4, r"bands\.0\.to: .*from must lie below to, got 550 to 550"),
    ("limit_share: 0.5", "limit_share: 1.5", 5, r"bands\.1\.limit_share: must be below 1, got 1\.5"),
    (", limit_share: 0.5", "", 5, "exactly one of limit_amount and limit_share, got neither"),
    ("limit_share: 0.5", "limit_share: 0.5, limit_amount: 9", 5, "got limit_amount and limit_share"),
    (
        "from: 550, to: .inf",
        "from: 550, to: .inf, limit_share: 0.5",
        4,
        "action approve takes no limit, got limit_share",
    ),
    ("lgd: 0.6", 'lgd: "60 %"', 78, "economics.lgd: must be a number, got the text 60 %"),
    ("lgd: 0.6", "lgd: 60 %", 78, "economics.lgd: must be a number, got the text 60 %. What to do: write 0.6"),
    ("lgd: 0.6", "lgd: 0,6", 78, "economics.lgd: must be a number, got the text 0,6. What to do: write 0.6"),
    ("lgd: 0.6", 'lgd: "1,000"', 78, "economics.lgd: must be a number, got the text 1,000$"),
    ("share: 0.1", "share: 10", 68, "must be below 1, got 10; a share is meant, 0.1 for 10 %"),
    ('op: ">="', 'op: "="', 10, "did you mean ==?"),
    ('op: ">="', 'op: "=>"', 10, "did you mean >=?"),
    ("all_in_rate: {value: ", "all_in_rate: {value: 17", 60, "must be a share a year, .* %, got 17"),
    (
        'when: {variable: delinquencies_12m, op: ">=", value: 5}',
        "when: delinquencies_12m >= 5",
        10,
        "must be written as {var",
    ),
    ("margin: 0.22", "margin: 0.04", 79, "margin must exceed funding_cost, got 0.04 and 0.04"),
    ("within_hours: 720", "within_hours: 0", 23, "freshness.0.within_hours: must be above 0, got 0"),
    ("within_hours: 720", "within_hours: .inf", 23, "must be a finite number"),
    (
        "value: 2}\n",
        "value: two}\n",
        40,
        "limits.1.lines.0.value: must be a number or a value for each band, got the text",
    ),
    ("value: 2}\n", "value: -2}\n", 40, "must be at least 0, got -2"),
    ("{from: 500, to: .inf, value", "{from: 500, value", 32, "from and to, or levels, or neither"),
    ("levels: [salaried, public]", "levels: []", 40, "a line by levels names at least one"),
    ("terms: [1, 2, 3, 6]", "terms: [1, 2.5]", 51, r"price\.terms\.1: must be a whole number, got the number 2\.5"),
    ("terms: [1, 2, 3, 6]", "terms: [0, 2, 2]", 51, "must be 1 to 600 instalments, got 0"),
    ("terms: [1, 2, 3, 6]", "terms: [2, 2]", 51, "the term 2 stands in the list more than once"),
    ("prime: 0.02,", "prime: 2.0,", 54, "must be a share a month, 0.02 for 2 %, got 2"),
    ("fee: 0.02", "fee: 1", 52, "price.fee: must be below 1, got 1"),
    ("share: 0.1", "share: 10", 68, "arms.challengers.0.share: must be below 1, got 10"),
    ("      because: are reviews worth it\n", "", 66, "because: this key is missing"),
    ("key: spring", 'key: ""', 64, "arms.key: must not be empty"),
    (", source: the board}\n  all", "}\n  all", 59, "caps.amount.source: this key is missing"),
    ("bands:\n  - {", "bands: all\nx:\n  - {", 3, "bands: must be a list, got the text all"),
    ("name: delinquent", "name: 5", 9, "rules.0.name: must be a text; a number or true stands in quotes"),
]

WHOLES = [
    ("{name: review", "{name: prime", 6, "band names must be unique, got prime more than once .see line 4"),
    ("to: 500}", "to: 510}", 6, "bands decline and review overlap between 500 and 510 .see line 7"),
    ("to: 500}", "to: 490}", 6, "bands decline and review leave a gap between 490 and 500"),
    ("from: -.inf, to: 500}", "from: 0, to: 500}", 7, "bands must cover -.inf to .inf, and decline goes from 0"),
    ("to: .inf}\n  - {name: reduced", "to: 900}\n  - {name: reduced", 4, "and prime goes to 900, not .inf"),
    ("name: informal_and_large", "name: delinquent", 14, "rule names must be unique, got delinquent"),
    ("name: by_income", "name: delinquent", 28, "a limit table and a rule must not have one name"),
    ("name: affordable", "name: by_income", 35, "limit table names must be unique"),
    ("name: smaller", "name: wider", 74, "challenger and shadow names must be unique"),
    ("name: smaller", "name: champion", 74, "champion is the name of the policy itself"),
    ("name: smaller", "name: by_income", 74, "by_income is the name of a rule or a limit table"),
    ("to: 500, value", "to: 400, value", 32, "the lines of limit table by_income .* leave a gap between 400 and 500"),
    ("to: 500, value", "to: 600, value", 32, "overlap between 500 and 600"),
    ("{from: 500, to: .inf, value", "{value", 32, "lines by numbers, which cover the whole range and leave no rest"),
    ("{from: 500, to: .inf, value", "{levels: [a], value", 32, "lines by numbers and by levels"),
    ("[retired, informal", "[public, informal", 41, "limit table affordable: level names must be unique, got public"),
    ("    by: monthly_income\n", "", 29, "limit table by_income has no by, so it has one line"),
    ("value: {prime: 400, reduced: 200}", "value: {prime: 400}", 31, "has no value for reduced"),
    ("value: {prime: 400, reduced: 200}", "value: {prime: 4, reduced: 2, review: 1}", 31, "review is no band that lends"),
    ("    - name: wider", "    - {name: other, because: b, share: 0.95, rules: []}\n    - name: wider", 65, "less than 1, .*got 1.05"),
    ("prime: 0.025, reduced: 0.035", "prime: 0.025, reduced: 0.06", 55, "band reduced over 1 instalments costs 1.5"),
    ("{name: reduced, action: limit, from: 515", "{name: low, action: limit, from: 515", 66,
     "wider, with the champion's limits.0.lines.0.value: limit table by_income has no value for low.* .see line 31"),
    ("from: 515, to: 545", "from: 515, to: 540", 70, r"arms\.challengers\.0\.bands\.0\.from: .*gap between 540 and 545"),
]  # fmt: skip

IDLE = [
    ("times: monthly_income", "times: channel", 37, "channel is read as a number here and as a text there .see line 49"),
    ("variable: burden, op", "variable: employment, op", 17, "employment is read as a number here and as a text there"),
    ("name: delinquent", "name: stale:x", 9, "names that begin with stale: are kept"),
    ("name: by_income", "name: smallest_amount", 28, "the name smallest_amount is kept"),
    ("value: {prime: 2000", "value: {prime: 2001", 32, "never binds: 2001 is above the cap of 2000"),
    ("limit_share: 0.5}\n  - {name: review", "limit_amount: 3000}\n  - {name: review", 5, "3000 is above the cap"),
    ("  value: 50\n", "  value: 900\n", 45, "band reduced could never lend: by_income leaves at most 800"),
    ("{value: 80, action: refer, reason: less than is worth lending}",
     "{value: 50, action: decline, reason: less than is worth lending}", 74, "smaller changes nothing"),
    ("    smallest_amount: {value: 80, action: refer, reason: less than is worth lending}\n", "", 74, "gives no section"),
    ("when: {variable: delinquencies_12m, op: \">=\", value: 5}",
     "when: [{variable: delinquencies_12m, op: \">=\", value: 5}, {variable: delinquencies_12m, op: <, value: 5}]",
     10, "never holds together with delinquencies_12m >= 5"),
    ("when: {variable: delinquencies_12m, op: \">=\", value: 5}",
     "when: [{variable: delinquencies_12m, op: \">=\", value: 5}, {variable: delinquencies_12m, op: \">\", value: 3}]",
     10, "adds nothing: it holds wherever delinquencies_12m >= 5 does"),
    ("freshness:\n", RULE.format(name="later", when='{variable: delinquencies_12m, op: ">", value: 6}', action="refer",
     on_missing="pass"), 21, "never decides: wherever it asks for something, rule delinquent comes before it.* .see line 9"),
    ("freshness:\n", RULE.format(name="low", when="{variable: score, op: <, value: 450}", action="refer",
     on_missing="pass"), 23, r"never decides: every band that its scores can lie in does more \(decline\)"),
]  # fmt: skip

PRICED_BY_TERM = """by: term_months
  term: term_months
  terms: [1, 2, 3, 6]
  lines:
    - {from: -.inf, to: 2, value: 0.03}
    - {from: 2, to: 3.5, value: 0.04}
    - {from: 3.5, to: 4, value: 0.04}
    - {from: 4, to: .inf, value: 0.05}
  reason"""
IDLE += [
    (WHOLE[WHOLE.index("by: channel") : WHOLE.index(": priced by band")], PRICED_BY_TERM, 55, "never gives a price"),
]

STUDY = [
    ("variable: burden", "variable: burdn", 17, "the study has no burdn; did you mean burden?"),
    ("variable: burden", "variable: sex", 17, "sex is of role protected .*no policy may read it"),
    ("variable: burden", "variable: collections_calls", 17, "of role leakage .written after the decision"),
    ("variable: burden", "variable: national_id", 17, "of role identifier"),
    ("variable: burden", "variable: funded", 17, "of role outcome"),
    ("variable: burden", "variable: legacy_score", 17, "of role price"),
    ("variable: burden", "variable: worst_dpd", 17, "only statistics of it reach an application"),
    ("variable: burden", "variable: past_due", 17, "it comes after the decision"),
    ('op: ">=", value: 5', 'op: "==", value: "5"', 10, "delinquencies_12m is a number, and '5' is a text"),
    ("value: [informal, self_employed]", "value: [1]", 16, "employment is a text, and 1 is a number"),
    ("value: [informal, self_employed]", "value: [informl]", 16, "never informl: it is one of .*did you mean informal?"),
    ("op: in, value: [informal, self_employed]", 'op: "==", value: true', 16, "never true or false"),
    ('variable: delinquencies_12m, op: ">=", value: 5', "variable: delinquencies_12m, op: <, value: -999", 10,
     "never holds: delinquencies_12m is a number, at least 0"),
    ('variable: delinquencies_12m, op: ">=", value: 5', 'variable: term_months, op: ">", value: 6', 10, "at most 6"),
    ('variable: delinquencies_12m, op: ">=", value: 5', 'variable: score, op: "==", value: 500.5', 10, "whole number"),
    ("times: monthly_income", "times: channel", 37, "channel is one of app, .*and a number is needed"),
    ("less: elsewhere_amount", "less: elsewhere", 38, "did you mean elsewhere"),
    ("by: monthly_income", "by: channel", 29, "channel is a text, and its lines need levels"),
    ("by: employment", "by: night_share", 36, "night_share is a number, and its lines need from and to"),
    ("levels: [salaried, public]", "levels: [salaried]", 39, "limit table affordable leaves out public"),
    ("levels: [salaried, public]", "levels: [salaried, public, state]", 40, "employment is never state"),
    ("by: employment", "by: region", 39, "leaves out any other region"),
    ("terms: [1, 2, 3, 6]", "terms: [1, 12]", 51, "term_months is never 12"),
    ("term: term_months", "term: channel", 50, "a number is needed"),
    ("source: bureau", "source: burau", 22, "the study has no table burau; did you mean bureau?"),
    ("source: bureau", "source: repayments", 22, "table repayments is read after the decision"),
    ("source: bureau", "source: applications", 22, "table applications is the application itself"),
    ("by: region", "by: regio", 62, "the study has no regio; did you mean region?"),
    ("by: region", "by: sex", 62, "sex is of role protected, and no cap is held for it"),
    ("by: region", "by: night_share", 62, "night_share is number, and a concentration is that of a level"),
]  # fmt: skip


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(STUDIES / "microloan" / "study.toml")


def refused(tmp_path: Path, content: str | bytes, study: Study | None = None) -> str:
    path = tmp_path / "policy.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(StudyError) as caught:
        load_policy(path, study)
    return str(caught.value).replace(f"{tmp_path.name}/", "")


@pytest.mark.parametrize(("old", "new", "line", "words"), [*NOT_PLAIN, *SECTIONS, *WHOLES, *IDLE])
def test_a_mistake_is_refused_with_its_line_and_in_words(tmp_path, old, new, line, words):
    assert old in WHOLE
    said = refused(tmp_path, WHOLE.replace(old, new, 1))
    assert re.search(rf"^policy.yaml, line {line}\b.*{words}", said, re.MULTILINE), said


@pytest.mark.parametrize(("old", "new", "line", "words"), STUDY)
def test_what_the_study_does_not_have_is_refused_with_its_line(tmp_path, study, old, new, line, words):
    assert old in WHOLE
    said = refused(tmp_path, WHOLE.replace(old, new, 1), study)
    assert re.search(rf"^policy.yaml, line {line}, .*{words}", said, re.MULTILINE), said


def test_a_policy_with_every_section_is_read_with_and_without_its_study(study):
    path = Path(__file__).parent / "whole.yaml"
    assert load_policy(path) == load_policy(path, study) == Policy.model_validate(yaml.safe_load(WHOLE))


@pytest.mark.parametrize("name", ["microloan", "taiwan", "south_german", "lendingclub", "superlender"])
def test_the_policies_of_the_studies_hold_against_their_studies(name):
    study = load_study(STUDIES / name / "study.toml")
    assert load_policy(STUDIES / name / study.policy, study).schema_version == 2


def test_a_study_of_one_table_has_no_source_that_could_be_old(tmp_path):
    study = load_study(STUDIES / "south_german" / "study.toml")
    said = refused(tmp_path, WHOLE, study)
    assert "the study has no table bureau; it has the applications alone, and no source" in said


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path):
    said = refused(tmp_path, WHOLE.replace("lgd: 0.6", "lgd: 6").replace("action: decline\n", "action: dcline\n"))
    assert [int(n) for n in re.findall(r"line (\d+),", said)] == [11, 46, 78]


def test_ten_faults_are_told_and_the_rest_counted(tmp_path):
    said = refused(tmp_path, WHOLE.replace("from:", "starts:")).splitlines()  # seven bands twice, two lines
    assert len(said) == 11
    assert said[-1] == "policy.yaml: and 6 more"


def test_amounts_are_refused_where_the_study_has_none(tmp_path, study):
    without = study.model_copy(update={"base": study.base.model_copy(update={"amount": None})})
    said = refused(tmp_path, WHOLE, without)
    assert [int(n) for n in re.findall(r"line (\d+), .*no amounts", said)] == [28, 35, 44, 59, 76]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: the file is empty"),
        (b"# nothing\n", "line 1: the file is empty"),
        (b"- a\n- b\n", "line 1: a policy file has keys"),
        (b"approve\n", "line 1: a policy file has keys"),
        (WHOLE.encode().replace(b"spring", b"cr\xe9dit"), "is not valid UTF-8, line 64: 'utf-8' codec can't decode"),
        (WHOLE.encode("utf-16"), "is not valid UTF-8, line 1"),
        (b"[" * 200_000, "line 1: it goes deeper than 20 levels"),
        (b"#" * (LARGEST + 1), "is larger than 256 kB"),
    ],
)
def test_what_is_no_policy_at_all_is_refused_in_a_sentence(tmp_path, content, words):
    assert words in refused(tmp_path, content)


def test_a_byte_order_mark_and_the_line_ends_of_windows_say_nothing(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert load_policy(path) == Policy.model_validate(yaml.safe_load(WHOLE))


def test_a_huge_file_is_refused_without_being_read(tmp_path):
    path = tmp_path / "policy.yaml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(StudyError, match="larger than 256 kB"):
        load_policy(path)


def test_an_absent_policy_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(StudyError, match=r"no policy file .*nowhere.yaml"):
        load_policy(tmp_path / "nowhere.yaml")


KEYS = [match.span() for match in re.finditer(r"(?m)(?<=^  )[a-z_]+(?=:)|(?<=[ {])[a-z_]+(?=:)|^[a-z_]+(?=:)", WHOLE)][
    1:
]


@given(span=st.sampled_from(KEYS), data=st.data())
def test_any_key_misspelt_is_refused_in_its_line(tmp_path_factory, span, data):
    start, end = span
    at = data.draw(st.integers(start, end))
    line = WHOLE.count("\n", 0, start) + 1
    assert f"policy.yaml, line {line}, " in refused(tmp_path_factory.mktemp("p"), WHOLE[:at] + "x" + WHOLE[at:])


ENDS = [match.span(1) for match in re.finditer(r"(?:from|to): (\d+)", WHOLE)]


@given(end=st.sampled_from(ENDS), by=st.sampled_from([-1.0, -1e-9, 1e-9, 1.0]))
def test_any_end_of_a_band_or_a_line_moved_a_little_is_refused_and_its_line_named(tmp_path_factory, end, by):
    start, stop = end
    moved = f"{float(WHOLE[start:stop]) + by:.9f}"
    line = WHOLE.count("\n", 0, start) + 1
    said = refused(tmp_path_factory.mktemp("p"), WHOLE[:start] + moved + WHOLE[stop:])
    assert re.search(rf"line {line}\b", said)


def test_the_examples_of_the_handbook_are_together_a_policy_that_holds_against_its_study(tmp_path, study):
    page = (STUDIES.parent / "docs" / "policy.md").read_text("utf-8")
    path = tmp_path / "policy.yaml"
    path.write_text("".join(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)), "utf-8")
    policy = load_policy(path, study)
    assert set(policy.model_dump(exclude_defaults=True)) == set(Policy.model_fields)


@given(
    at=st.integers(0, len(WHOLE) - 1),
    length=st.integers(0, 12),
    text=st.text(max_size=3) | st.sampled_from(["-.inf", "0", "null", "[]", "{", "\t", "- ", "&a", "<<", "|", "---"]),
)
def test_a_text_changed_anywhere_is_read_or_refused_in_a_sentence_that_names_its_line(
    tmp_path_factory, at, length, text
):
    path = tmp_path_factory.mktemp("changed") / "policy.yaml"
    path.write_text(WHOLE[:at] + text + WHOLE[at + length :], "utf-8")
    with suppress(StudyError):
        load_policy(path)
        return
    with pytest.raises(StudyError) as caught:
        load_policy(path)
    said = str(caught.value)
    assert "policy.yaml, line " in said
    assert "Input should" not in said  # words of a library
