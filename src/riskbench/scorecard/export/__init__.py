"""The card outside of riskbench: JSON, SQL, PMML and a workbook, each checked to be the same card."""
