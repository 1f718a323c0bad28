"""What a policy decides, written once, and the engines that carry it out alike: columns, a closure, tables, DuckDB."""
