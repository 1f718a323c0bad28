"""How many examples a property takes where each is dear: few in the suite, more where somebody asks for them."""

import os


def examples(few: int) -> int:
    """`few`, times what RISKBENCH_EXAMPLES says: `RISKBENCH_EXAMPLES=20 pytest tests/decision`."""
    return few * int(os.environ.get("RISKBENCH_EXAMPLES", "1"))
