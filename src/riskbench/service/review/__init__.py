"""The review queue: what was referred, page by page, for a person to decide."""
