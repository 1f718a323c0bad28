"""Rules that ask for evidence: a catalogue of what each asks, and what a run has of it."""
