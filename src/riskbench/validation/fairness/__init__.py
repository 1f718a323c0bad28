"""How a policy treats groups: `treatment` asks it of every protected attribute, through figures of one attribute alone.

Those are in `group_metrics` (approval, error rates, PDs; the one door to Fairlearn) and `proxies` (features that give a
group away); `groups` says which groups may be shown at all.
"""
