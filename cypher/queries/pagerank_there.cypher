// Whether this user may call PageRank of the graph data science library, and make and drop a graph.
// parameters: procedures (their names)
// columns: there (how many of them)
SHOW PROCEDURES EXECUTABLE YIELD name
WHERE name IN $in.procedures
RETURN count(*) AS there
