"""GraphQL: memory over HTTP, in the shape of API.md; `memcubes serve` runs it."""
