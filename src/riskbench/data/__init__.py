"""Floor 2: portfolios. What a study is, where its tables come from, and what a run may know of them.

A `study` describes a portfolio; its formulas call the functions of `features`. Tables come by `sources`: from
`synthetic`, from `published`, or the user's own, typed by `reading` and described by `drafting`. At intake `gate`
refuses what breaks a rule, `engine` joins as of the decision, `labels` and `samples` say what became of whom and who is
for what, and `applications` is the table that all later stages read; `candidates` are what a model may choose from.
`counts` are goods and bads by code, all that binning needs.
"""
