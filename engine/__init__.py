"""nnplay's engine: what is asked (spec), what it learns from (data), how it is trained, and what is kept of it (runs)."""
