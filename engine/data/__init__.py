"""Images and labels: reading them, checking them, splitting them. NumPy only."""
