"""Published data sets, known by their content: the catalogue of them, how a copy is recognised, and OpenML."""
