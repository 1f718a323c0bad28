"""Floor 4: independent validation. The battery, champion against challengers, what calibration changed, fairness.

Pure functions: outcomes and PDs in, `CheckResult`s and tables out. Limits are handed in.
"""
