"""From weights of evidence to coefficients: the logit, its signs, separation, and what is told of the fit."""
