"""Decisions for a table of any size: its columns typed and checked, scored, decided and given their reasons."""
