"""nnplay's engine: what is asked (spec), learnt from (data), how it is trained, and what is kept (runs)."""
