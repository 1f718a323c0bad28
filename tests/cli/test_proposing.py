"""What `riskbench propose` says before anything is made."""

import pytest


@pytest.fixture(scope="module")
def there(make_project, tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("proposing") / "project")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("microloan",), "no version of microloan is in use: name the champion's run with --run"),
        (("absent",), "no study 'absent'"),
        (("microloan", "--run", "reports/none"), "is no finished run: it has no manifest.json"),
        (("microloan", "--window", "1m"), "must be a number of months from 2 to 120, such as 12m; got 1m"),
        (("microloan", "--as-of", "soon"), "soon"),
    ],
)
def test_what_could_not_be_proposed_exits_2_with_a_sentence(there, riskbench, words, why):
    done = riskbench("propose", *words, cwd=there)
    assert done.returncode == 2
    assert why in done.stderr
    assert not (there / "reports").exists()
