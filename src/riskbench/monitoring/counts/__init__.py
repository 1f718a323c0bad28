"""What happened, as small tables of counts that add up: over days, segments, models, and over one look and the next."""
