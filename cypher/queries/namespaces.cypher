// The namespaces that exist, in order.
// columns: ns
MATCH (n:Identity)
USING INDEX n:Identity(kind, ns)
WHERE n.kind = 'Namespace' AND n.ns IS NOT NULL
RETURN DISTINCT n.ns AS ns
ORDER BY ns
