"""How often the same device, telephone, address or customer comes: windows over the decisions of late."""
