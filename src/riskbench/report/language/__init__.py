"""English and Simplified Chinese: finished pages are read by units of text and written again from catalogues."""
