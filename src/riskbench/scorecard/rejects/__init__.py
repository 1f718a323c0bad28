"""What the declined may hide: who they are, what each method assumes of them, and how far the methods differ."""
