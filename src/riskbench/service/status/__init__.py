"""The status page: how things stand, at a glance, and whether monitoring itself can see."""
