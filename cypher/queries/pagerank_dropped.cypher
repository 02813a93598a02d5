// Forgets the graph that a PageRank went over.
// parameters: name
// columns: graph
CALL gds.graph.drop($in.name, false) YIELD graphName
RETURN graphName AS graph
