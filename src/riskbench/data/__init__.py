"""Floor 2: portfolios. What a study is, where its tables come from, and what a run may know of them."""
