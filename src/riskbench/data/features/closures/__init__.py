"""Formulas for one application: each compiled to a function of Python that gives what DuckDB gives.

`steps` takes a formula apart and asks DuckDB for the type of each part. `writer` turns the parts into lines of Python
by the tables that end `choosing`, `arithmetic`, `texts` and `dates`; the files that end in `_rules` hold what a line
cannot say, and `compiled` puts it together. What a closure cannot say for certain it does not say: DuckDB computes the
formula, or this one case of it, and no value is ever guessed.
"""
