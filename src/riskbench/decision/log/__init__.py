"""The decision log: what was decided, on what and by what; only ever added to, and chained."""
