"""What a model has read, kept as tensors: keys and values of memory, exact or composed."""
