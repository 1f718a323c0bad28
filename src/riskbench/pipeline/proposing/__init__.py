"""A better model, proposed by stated rules on the newest outcomes, and put into use by people alone."""
