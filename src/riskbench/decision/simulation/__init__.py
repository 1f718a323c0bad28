"""What a policy would have done: portfolios, swap sets, cut-offs, losses."""
