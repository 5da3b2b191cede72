"""What the user asks for, as data: an experiment, its knobs, its shapes and its errors. Knows no TensorFlow."""
