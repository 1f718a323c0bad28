"""Whether loans turn out as expected, as early as that can be known, and no earlier."""
