"""Who signed what: keys and their holders, statements in envelopes, and the ledger that chains them."""
