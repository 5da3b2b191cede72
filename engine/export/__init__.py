"""An experiment as code that a person would have written."""
