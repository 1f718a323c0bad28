"""Floor 1: what protects people. Identifiers and their check digits, pseudonyms, small cells, the output scan."""

from riskbench.privacy.disclosure import suppress, suppression_rule
from riskbench.privacy.identifiers import make_national_id, valid_national_id
from riskbench.privacy.pseudonyms import load_or_create_key, pseudonymise
from riskbench.privacy.scan import Finding, scan_folder, scan_text

__all__ = [
    "Finding",
    "load_or_create_key",
    "make_national_id",
    "pseudonymise",
    "scan_folder",
    "scan_text",
    "suppress",
    "suppression_rule",
    "valid_national_id",
]
