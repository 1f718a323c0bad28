"""What a policy decides, written once, and three engines that carry it out alike: columns, a closure, tables."""
