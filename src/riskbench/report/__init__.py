"""Floor 6: figures, tables, prose and pages, from executed notebooks and evidence to static HTML."""
