"""The door to alerts; SQLAlchemy is needed behind it, and not before."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from riskbench.core.errors import CannotRun
from riskbench.core.languages import Language
from riskbench.decision.log.record import now as utc_now
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.alerts.wording import Say

if TYPE_CHECKING:
    from riskbench.monitoring.alerts.alerts import Alerts


def open_alerts(
    url: str | Path,
    settings: Settings | None = None,
    clock: Callable[[], dt.datetime] = utc_now,
    voices: Mapping[Language, Say] | None = None,
) -> "Alerts":
    """The alerts at a SQLAlchemy URL or in an SQLite file, made where there are none.

    `settings` as `load_settings` reads them; without them nobody is told. `voices` say messages in the languages of
    their channels (`riskbench.report.language.sentence.VOICES`); without one they are in English. Raises `CannotRun`
    without SQLAlchemy, and where the database refuses.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with folder as place, open_alerts(Path(place) / "monitoring.sqlite") as alerts:
    ...     alerts.incidents()
    []
    """
    try:
        from riskbench.monitoring.alerts.alerts import Alerts
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("riskbench"):
            raise
        raise CannotRun(f'alerts need {error.name}: pip install "riskbench[alerts]"') from error
    text = str(url) if "://" in str(url) else f"sqlite:///{Path(url).absolute()}"
    return Alerts(text, settings, clock=clock, voices=voices or {})
