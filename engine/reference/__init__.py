"""The notes' rules in NumPy, each from its formula: the oracle of the tests. No TensorFlow, no Keras."""
