"""How a person prefers it: colours, keys, signs, and how much is sent."""
