"""Floor 1: what protects people. Identifiers and their check digits, pseudonyms, the scan of what leaves."""
