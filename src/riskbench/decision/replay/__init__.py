"""Replay: what the log says was decided, decided once more."""
