"""Who stands in the record of an edit."""

import getpass
import subprocess

from riskbench.scorecard.edits.author import author


def test_the_author_is_named_by_argument_environment_git_or_login_in_this_order(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "config", "user.name", "Grace"], check=True)
    monkeypatch.setenv("RISKBENCH_USER", "Ada")
    assert author("Emmy") == "Emmy"
    assert author() == "Ada"
    monkeypatch.delenv("RISKBENCH_USER")
    assert author() == "Grace"
    monkeypatch.setenv("PATH", str(tmp_path))  # no git
    monkeypatch.setenv("LOGNAME", "mary")
    assert author() == getpass.getuser() == "mary"
