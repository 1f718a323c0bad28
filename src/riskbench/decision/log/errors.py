"""What a decision log cannot do, and why: each error says what happened to the entries that were handed over."""

from riskbench.core.errors import CannotRun, RiskbenchError


class LogError(CannotRun):
    """The log cannot be opened, read or written; nothing was written."""


class LogFull(LogError):
    """There is no space left where the log lies; nothing was written."""


class LogBusy(LogError):
    """Others held the log for longer than this one waits; nothing was written."""


class LogLost(LogError):
    """The connection was lost; what was handed over may have been written, and the same id or key will tell."""


class QueueFull(LogError):
    """More entries wait than may wait; nothing of this one was written."""


class KeyReused(RiskbenchError):
    """An idempotency key came a second time with another request; nothing of it was written."""


class NoSuchDecision(RiskbenchError):
    """The log does not hold the decision that was named; nothing was written."""
