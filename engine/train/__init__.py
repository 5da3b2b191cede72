"""The training itself: compiled steps, epochs, checkpoints, and the thread that they run on."""
