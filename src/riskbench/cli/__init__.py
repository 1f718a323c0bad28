"""Floor 8, the command line: one file a family of commands, and `main`, which turns every error into a sentence.

Exit codes: 0 done, and what was asked holds; 1 it ran, and something differs, fails or is refused; 2 it could not run.
"""

from riskbench.cli.main import commands, main

__all__ = ["commands", "main"]
