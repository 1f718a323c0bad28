"""A service with a monitoring database in which something has happened."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.watch.looked import Feed, Looked, Series, Unevaluated
from riskbench.monitoring.watch.memory import Memory

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for the tests of a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages, each as another person's: `open_page(width=390, language="zh", script=False)`."""
    contexts = []

    def opened(width: int = 1280, language: str = "en", bypass: bool = False, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=language, bypass_csp=bypass, java_script_enabled=script
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def _database(project: Path) -> Path:
    return project / ".riskbench" / "monitoring" / "monitoring.sqlite"


@pytest.fixture(scope="session")
def database() -> Callable[[Path], Path]:
    """Where a project keeps what monitoring knows."""
    return _database


@pytest.fixture(scope="session")
def signal() -> Callable[..., Reading]:
    """A ring of applications by one device, as a rule says it."""
    return _signal


def _signal(severity: Any = "alarm", device: str = "3f1c09ab77d2", text: str = "") -> Reading:
    return Reading(
        "ring_of_applications",
        "velocity",
        "signal",
        dt.datetime.now(dt.UTC),
        severity,
        {"device": device},
        text=text or "7 customers applied by one device within 1 day, until 01 March 2026 10:20 UTC; 5 are asked for.",
        advice="refer what comes from this device, and look at what was approved in the time named",
    )


def _looked(minutes: float = 1.0, **more: Any) -> Looked:
    """A look some minutes ago that saw much."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    days = tuple(at.date() - dt.timedelta(days=28 - n) for n in range(29))
    volume = (*(float(40 + 7 * n % 11) for n in range(28)), 139.0)
    usual = {
        "series": (
            Series(name="volume", days=days, values=volume, lower=41.0, upper=50.0),
            Series(name="approval", days=days, values=(*[0.62] * 28, 0.61), lower=0.58, upper=0.66),
            Series(name="score", days=days, values=(None,) * 29, lower=None, upper=None),
        ),
        "feeds": (
            Feed(name="bureau", state="on time", age_hours=3.2, promised_hours=24.0, newest_arrival=at),
            Feed(name="wallet", state="late", age_hours=51.0, promised_hours=24.0, newest_arrival=at),
        ),
        "unevaluated": (Unevaluated(rule="young_loans", about="age 1", reason="no loan is old enough"),),
        "last_decision": at,
        "quiet": 14,
        "new": 12,
    }
    return Looked(study="microloan", at=at, source="log", **usual | more)


@pytest.fixture
def known() -> Callable[..., None]:
    """Put readings and a look into the database of a project: `known(served.project, signal(), minutes=3)`."""

    def put(project: Path, *readings: Reading, minutes: float = 1.0, every: float = 60.0, **more: Any) -> None:
        look = _looked(minutes, **more)
        with open_alerts(_database(project)) as alerts, Memory(f"sqlite:///{_database(project)}") as memory:
            alerts.take(readings)
            alerts.beat(f"monitor_{look.study}", look.at, dt.timedelta(seconds=every))
            memory.keep(look)

    return put
