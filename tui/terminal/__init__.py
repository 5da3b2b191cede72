"""How nnplay gets on with terminals: what is sent to them, and the keys that come."""
