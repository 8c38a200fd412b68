"""The built-in renderer: printed text as a camera sees it, the same for the same seed."""
