"""Whether other choices would have given another card: it is built again, on other draws and by other choices.

`bench` holds what it takes and builds; `draws` says on which rows, `variants` by which other choices. `spread`,
`stability` and `bins` compare what was built on other draws with the champion, `sensitivity` and `cut_offs` say what
other choices would change, `overfitting` and `shuffled` what of the card is chance.
"""
