"""Floor 6: how notebooks become a run, and how a run is performed again."""
