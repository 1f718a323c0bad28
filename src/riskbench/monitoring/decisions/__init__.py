"""Did decisions move with the population: rates and amounts, the rules that decide, challengers and shadows."""
