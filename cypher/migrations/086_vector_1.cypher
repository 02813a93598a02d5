// The vectors of the producer in slot 1, of as many dimensions as it makes, as they are.
CREATE VECTOR INDEX vector_1 IF NOT EXISTS
FOR (d:Derived) ON (d.vector_1)
OPTIONS {indexConfig: {`vector.similarity_function`: 'cosine', `vector.quantization.enabled`: false}}
