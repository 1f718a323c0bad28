import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.project import HOME_VARIABLE, REPORTS_VARIABLE, find_project


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.delenv(REPORTS_VARIABLE, raising=False)


@pytest.fixture
def checkout(tmp_path):
    for folder in ("outer/notebooks", "outer/inner/notebooks", "outer/inner/data/loans", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_the_project_is_the_nearest_folder_with_notebooks(checkout):
    assert find_project(checkout / "outer/inner/data/loans").root == checkout / "outer/inner"
    assert find_project(checkout / "outer/inner").root == checkout / "outer/inner"
    assert find_project(checkout / "outer").root == checkout / "outer"


def test_the_search_begins_where_one_stands(checkout, monkeypatch):
    monkeypatch.chdir(checkout / "outer/inner/data")
    assert find_project().root == checkout / "outer/inner"


def test_a_file_called_notebooks_is_not_a_project(checkout):
    (checkout / "outer/inner/data/notebooks").touch()
    assert find_project(checkout / "outer/inner/data").root == checkout / "outer/inner"


def test_the_variable_goes_before_the_folder(checkout, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(checkout / "outer"))
    assert find_project(checkout / "outer/inner").root == checkout / "outer"


def test_a_variable_that_names_no_project_is_refused_by_name(checkout, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(checkout / "elsewhere"))
    with pytest.raises(CannotRun, match=rf"{HOME_VARIABLE} must name a folder with notebooks/, got .*elsewhere"):
        find_project(checkout / "outer")


def test_without_a_project_the_error_says_where_it_looked_and_what_to_do(checkout):
    with pytest.raises(CannotRun, match=rf"at or above .*elsewhere: .* or set {HOME_VARIABLE}"):
        find_project(checkout / "elsewhere")


def test_every_folder_lies_below_the_root(checkout):
    project = find_project(checkout / "outer")
    for path in (project.notebooks, project.data, project.reports, project.cache, project.pseudonym_key, project.lock):
        assert path.is_relative_to(project.root)


def test_a_run_may_be_told_another_place_for_reports(checkout, monkeypatch):
    monkeypatch.setenv(REPORTS_VARIABLE, str(checkout / "elsewhere"))
    assert find_project(checkout / "outer").reports == checkout / "elsewhere"
