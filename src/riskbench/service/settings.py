"""How a service is run: everything that its command line says, in one place."""

from dataclasses import dataclass, field
from pathlib import Path

from riskbench.monitoring.alerts.settings import Settings as AlertSettings

LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Settings:
    """How a service is run.

    Either `study` names a model whose version in use the registry knows, or `bundle` a file that nobody need have
    approved; `sha256` then is the address that it must have. `bundles` is the folder from which a hot switch may load.
    `rate` requests a second are granted to each key, `burst` at once; 0 is no limit. `every` seconds the registry and
    the log are looked at again. `feeds` is the folder of the study whose feeds complete what a request leaves out.
    Reviewers are logged out after `idle_minutes`; more than `four_eyes` is lent only where two of them agree. `runs` is
    the folder of runs, where bad rates that were observed are looked up. `rules` is the folder of the study whose rules
    of warning look at each decision; `monitoring` the URL of the monitoring database, with `alerts` as its settings.
    """

    log: str
    keys: Path
    tokens: Path
    shelf: Path
    study: str = ""
    feeds: Path | None = None
    bundle: Path | None = None
    sha256: str = ""
    bundles: Path | None = None
    shadows: tuple[Path, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    rate: float = 200.0
    burst: int = 400
    every: float = 3.0
    most_bytes: int = 1_000_000
    body_seconds: float = 10.0
    stop_seconds: int = 20
    idle_minutes: float = 15.0
    four_eyes: float | None = None
    runs: Path | None = None
    rules: Path | None = None
    monitoring: str = ""
    alerts: AlertSettings = field(default_factory=AlertSettings)

    @property
    def open_to_others(self) -> bool:
        """Whether others than this machine can reach it."""
        return self.host not in LOCAL
