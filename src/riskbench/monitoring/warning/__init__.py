"""Early warning: rules that a risk officer writes, and what they say of the counts, the feeds and the log."""
