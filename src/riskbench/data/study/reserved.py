"""The names under which every table of a run speaks of an application, whatever the source called them."""

RESERVED = ("application", "customer", "month", "sample", "label", "y", "score", "pd")
