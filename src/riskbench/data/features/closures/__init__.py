"""Formulas for one application: each compiled to a function of Python that gives what DuckDB gives.

`steps` takes a formula apart and asks DuckDB for the type of each part, `writing` turns the parts into Python,
`meaning` holds what a line of Python cannot say, and `compiled` puts it together. What the closure cannot say for
certain it does not say: DuckDB computes the formula, or this one case of it, and no value is ever guessed.
"""
