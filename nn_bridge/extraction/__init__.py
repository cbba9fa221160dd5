"""TropEx: terms of a network as a tropical rational map, found at data points, and statistics."""
