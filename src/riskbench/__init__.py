"""riskbench: from a loan tape to a regulator's dossier, re-performable in one command.

The rooms are floors, and imports go down only::

    cli > pipeline > report > decision | validation | monitoring | governance
        > scorecard > data > metrics | privacy > core
"""

__version__ = "0.1.0"
