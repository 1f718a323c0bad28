"""The bundle: all that a decision takes, as one document with an address."""
