"""What a question walks: encoders, term counts, vectors and adjacency, kept in step with the log."""
