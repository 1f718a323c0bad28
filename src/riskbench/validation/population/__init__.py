"""The population: is the card used on those it was built for, where does it fail, and what became of decisions.

Each file asks one question of the applications of a run (`applicants.py`) and ends with the checks that answer it. What
a study lacks the data for comes back as not evaluated, with the reason.
"""
