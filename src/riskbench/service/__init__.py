"""The HTTP door: decisions for systems that ask for them, one application at a time, each written down first."""
