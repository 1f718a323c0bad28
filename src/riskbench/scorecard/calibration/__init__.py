"""From the logit to the PD that is applied: shrinkage, the level that PDs are stated at, and the grades."""
