"""Who is told: incidents that readings open and close, and messages that reach a person once and cannot be lost."""
