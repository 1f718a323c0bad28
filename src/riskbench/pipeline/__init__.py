"""Floor 7: how notebooks become a run, and how a run is performed again."""
