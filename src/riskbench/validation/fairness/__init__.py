"""How a policy treats groups, and how surely: figures of one attribute each, laid side by side for a page.

`counts` says what is favourable and what the rates mean. Of one attribute: `group_metrics` (the one door to Fairlearn),
`parity`, `adverse_impact`, `calibration`, `observation` (of whom outcomes are known), `cut_offs`, `terms` (amounts and
prices), `proxies` and `contributions` (features). `groups` says which groups and intersections may be shown,
`treatment` holds what a page looks at, `tables` lays it out, and `checks` judges it.
"""
