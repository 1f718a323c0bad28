"""Sample notices to customers: words, reasons and checks."""
