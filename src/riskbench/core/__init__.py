"""Floor 0: what every room needs. Errors, results, thresholds, files and the project's folders."""
