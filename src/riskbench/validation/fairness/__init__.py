"""How groups are treated: group metrics through Fairlearn, attribute by attribute, and proxies among the features."""
