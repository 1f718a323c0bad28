"""Monitoring that runs by itself: it reads what is new, looks at it by the rules, and hands on what they say."""
