"""Who edits bins: the name that stands in the record of an edit."""

import getpass
import os
import subprocess

USER_VARIABLE = "RISKBENCH_USER"


def author(who: str = "") -> str:
    """Who edits: the name given, else the environment's RISKBENCH_USER, else git's user.name, else the login."""
    return who.strip() or os.environ.get(USER_VARIABLE, "").strip() or _git_user() or _login()


def _git_user() -> str:
    try:
        said = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in some containers
        raise ValueError(f"an edit needs its author: give who=..., or set {USER_VARIABLE}") from None
