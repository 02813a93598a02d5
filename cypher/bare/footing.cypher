// Makes the nodes that bare relationships lead to.
// columns: none
MATCH (n:Identity) WHERE n.kind IN ['Source', 'Entity']
CREATE (:BareIdentity {id: n.id})
