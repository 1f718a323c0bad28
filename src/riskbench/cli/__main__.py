"""`python -m riskbench.cli`."""

from riskbench.cli.main import main

main()
