"""The validator's kit: the card built once more from its export, probed for leaks, stressed, and fed planted errors.

- `exported.py`, `replication.py`: what a card says, worked out from its exported document alone, and compared.
- `desk.py`: the tables that a validator has in hand; `planted_rows.py`, `planted_card.py`: errors put into copies.
- `detectors.py`: what rings, at which stated rate of false alarms; `catching.py`: which error is caught at which size.
- `leakage.py`: whether a candidate knows the outcome. `stress.py`, `downturn.py`: noise, gaps and a worse economy.
"""
