"""Less discriminatory alternatives: the search for a card as good that treats groups more alike.

`applicants` says who is compared, `measures` what is measured of a ranking, `workshop` refits the card with a change,
`moves` proposes changes and `search` tries them on the development sample; `found` puts cards forward and `review`
judges them on the holdout, as `tables` shows; `bounds` says how far methods would get that no lender may deploy.
Protected columns only measure here: no card reads one. That the choice among cards looks at groups is the point of such
a search, and is said on its page.
"""
