"""Floor 4: independent validation. The battery, grades, champion against challengers, fairness and proxies.

Pure functions: outcomes and PDs in, `CheckResult`s and tables out. Thresholds are passed in.
"""
