// Passes the readers of some nodes on to the rows that stand on them.
// parameters: versions {element, acl}, origins {node, acl}
// columns: none
// allowed Eager: a change of readers is rare, and reaches what one origin put there
CALL () {
  UNWIND $in.versions AS row
  MATCH (v:Version) WHERE elementId(v) = row.element
  SET v.acl = row.acl
}
CALL () {
  UNWIND $in.origins AS row
  CALL (row) {
    MATCH ()-[e:DERIVED_FROM]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:MENTIONS]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:ABOUT]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:TAGGED]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SUBJECT_OF]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:OBJECT_OF]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SUPPORTS]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:NEXT]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:GRANTS]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SAME_AS]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:NOT_SAME_AS]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SUPERSEDES]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:CONTRADICTS]->() WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:PAST]->() WHERE e.origin = row.node RETURN e
  }
  SET e.acl = row.acl
}
