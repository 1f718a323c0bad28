"""From a feature's values to bins and weights of evidence: the exact search, the estimator, bins changed by hand."""
