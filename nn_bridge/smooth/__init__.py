"""Two-layer networks of softplus, ELU or SELU units, compared exactly."""
