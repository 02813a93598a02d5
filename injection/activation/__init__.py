"""Memory as what a network computes inside: kept keys and values, and steering tensors."""
