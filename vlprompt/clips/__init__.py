"""From files, addresses and arrays to the clips that a model takes."""
