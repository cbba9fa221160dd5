"""Networks made on purpose: maxima, tropical functions, interpolants, and bounds of softplus."""
