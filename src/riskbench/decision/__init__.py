"""Floor 4: from a score to approve, limit, refer or decline, and what that is expected to bring."""
