"""What is said, in words and figures: of a model, a run, training; amounts and times as one reads them."""
