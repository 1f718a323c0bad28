"""Control charts: what varies by chance, what does not, and how often each chart rings when nothing has happened."""
