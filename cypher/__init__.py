"""Every word of Cypher, one statement a file; the Neo4j store will read them from here."""
