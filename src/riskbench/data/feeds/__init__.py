"""Data that keep arriving: taken once, checked row by row, and read alike by training, batch and live decisions.

What a feed is stands in `feeds.toml` beside the study; what arrived lies below `feeds/` as immutable parts, which a
ledger of deliveries makes count. Every time is UTC.
"""
