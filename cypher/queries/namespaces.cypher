// The namespaces that exist, in order.
// columns: ns
MATCH (n:Identity {kind: 'Namespace'})
RETURN DISTINCT n.ns AS ns
ORDER BY ns
