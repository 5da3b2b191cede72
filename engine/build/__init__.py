"""From spec to Keras: objects, and our own where Keras' are too slow. The first room that imports TensorFlow."""
