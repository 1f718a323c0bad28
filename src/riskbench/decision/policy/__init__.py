"""The credit policy: a strict file of bands, rules, limits, prices, caps and arms, and its checks."""
