// Personalised PageRank over edges that are given, by the graph data science library where the server has it.
// parameters: name (of the graph while it lasts), sources, targets and weights (of the edges, as many of each), weight (what
//   the last are called), start (the node at which every walk begins), damping (0 to 1), iterations, tolerance
// columns: node, score
// The nodes are numbers of the caller's: nothing of the store is read.
UNWIND range(0, size($in.weights) - 1) AS at
WITH gds.graph.project($in.name, $in.sources[at], $in.targets[at], {relationshipProperties: {weight: $in.weights[at]}}) AS graph
CALL gds.pageRank.stream(graph.graphName, {
  sourceNodes: [$in.start], relationshipWeightProperty: $in.weight, dampingFactor: $in.damping,
  maxIterations: $in.iterations, tolerance: $in.tolerance, concurrency: 1
}) YIELD nodeId, score
WITH collect(nodeId) AS nodes, collect(score) AS scores
RETURN nodes AS node, scores AS score
