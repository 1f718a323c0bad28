"""Published data sets, known by their content: the catalogue of them, and how a copy is recognised."""
