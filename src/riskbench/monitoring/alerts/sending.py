"""The one door to apprise: a letter to the receiver of a channel, and why it did not go, in words without secrets.

Apprise is given one URL and asks nothing else: no redirects, no pictures from elsewhere, no files of its own, no second
try, since the outbox does that. It tells of URLs in its log, which is shut; what went wrong is said in words of ours.
"""

import logging
import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from riskbench.core.errors import CannotRun
from riskbench.monitoring.alerts.settings import Channel
from riskbench.monitoring.alerts.wording import Letter

CONNECT, ANSWER = 10.0, 20.0  # seconds
_STATUS = re.compile(r"\berror=(\d{3})\b")
_ONE = threading.Lock()  # a log is one for the process
_LOUDNESS = {"alarm": "failure", "warning": "warning", "notice": "info"}


class Receiver:
    """The receiver of one channel.

    Raises `CannotRun` where apprise is absent, the variable is not set, or its URL is not one receiver that apprise
    knows. The URL is never part of the sentence.
    """

    def __init__(self, name: str, channel: Channel):
        where = f"channel {name}: the variable {channel.url_variable}"
        url = os.environ.get(channel.url_variable, "").strip()
        if not url:
            raise CannotRun(f"{where} is not set. What to do: set it to the apprise URL of the receiver")
        try:
            import apprise
            from apprise.common import PersistentStoreMode
        except ModuleNotFoundError as error:
            raise CannotRun(f'alerts need {error.name}: pip install "riskbench[alerts]"') from error
        asset = apprise.AppriseAsset(
            app_id="riskbench",
            app_desc="riskbench",
            app_url="",
            image_url_mask="",
            image_url_logo="",
            async_mode=False,
            http_redirects=False,
            pgp_autogen=False,
            pem_autogen=False,
            storage_mode=PersistentStoreMode.MEMORY,
        )
        with _silenced(), warnings.catch_warnings():
            # Not ours to mend: apprise imports imghdr for a library of keys, which Python 3.11 deprecates.
            warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)
            self._plugin: Any = apprise.Apprise.instantiate(url, asset=asset)
        if self._plugin is None:
            raise CannotRun(f"{where} holds no URL that apprise knows. What to do: see its list of services")
        self._plugin.retry = 0
        self._plugin.socket_connect_timeout, self._plugin.socket_read_timeout = CONNECT, ANSWER
        if len(self._plugin) != 1:
            raise CannotRun(
                f"{where} names {len(self._plugin)} receivers, of which one could fail and the others be told twice. "
                "What to do: make each a channel of its own"
            )

    def send(self, letter: Letter) -> str:
        """Send a letter; empty when the receiver has taken it, otherwise why not.

        A webhook finds the id of the message in the header `Idempotency-Key`, a mail in `X-Riskbench-Message`, and
        every receiver in the last line.
        """
        own = getattr(self._plugin, "headers", None)
        if isinstance(own, dict):
            header = "X-Riskbench-Message" if hasattr(self._plugin, "smtp_host") else "Idempotency-Key"
            own[header] = letter.id
        with _silenced() as heard:
            try:
                taken = self._plugin.notify(
                    body=letter.body, title=letter.subject, notify_type=_LOUDNESS[letter.severity], body_format="text"
                )
            except Exception as error:  # of whatever service; the others are told all the same
                return f"apprise failed with {type(error).__name__}"
        return "" if taken else _why(heard)


def _why(heard: list[str]) -> str:
    """What apprise said, as a sentence of ours: its own may repeat parts of a URL."""
    for said in heard:
        if found := _STATUS.search(said):
            return f"the receiver answered with status {found[1]}"
    if any("onnection" in said for said in heard):
        return "the receiver cannot be reached, or did not answer in time"
    return "the receiver did not take it"


@contextmanager
def _silenced() -> Iterator[list[str]]:
    """What apprise logs within the block, and below it the library that asks: heard here and nowhere else."""
    heard: list[str] = []

    class _Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    loggers, ear = [logging.getLogger(name) for name in ("apprise", "urllib3")], _Ear(logging.WARNING)
    with _ONE:
        before = [(logger.handlers, logger.level, logger.propagate) for logger in loggers]
        for logger in loggers:
            logger.handlers, logger.propagate = [ear], False
            logger.setLevel(logging.WARNING)
        try:
            yield heard
        finally:
            for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
                logger.handlers, logger.propagate = handlers, propagate
                logger.setLevel(level)
