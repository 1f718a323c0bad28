"""What people decided about models: inventory, versions, findings, exceptions and reviews, as plain files for git."""
