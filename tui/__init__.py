"""nnplay's screens and command line. They know the part of the engine that needs no TensorFlow."""
