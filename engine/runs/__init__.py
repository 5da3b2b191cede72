"""A run is a directory: what was asked, all that happened, what was learnt. Written by the engine, read by everyone."""
