"""What the declined hide: reject inference, selection bias, and how far each assumption moves the answer."""
