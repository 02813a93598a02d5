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
    MATCH ()-[e:DERIVED_FROM]->() USING INDEX e:DERIVED_FROM(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:MENTIONS]->() USING INDEX e:MENTIONS(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:ABOUT]->() USING INDEX e:ABOUT(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:TAGGED]->() USING INDEX e:TAGGED(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SUBJECT_OF]->() USING INDEX e:SUBJECT_OF(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:OBJECT_OF]->() USING INDEX e:OBJECT_OF(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SUPPORTS]->() USING INDEX e:SUPPORTS(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:NEXT]->() USING INDEX e:NEXT(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:GRANTS]->() USING INDEX e:GRANTS(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SAME_AS]->() USING INDEX e:SAME_AS(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:NOT_SAME_AS]->() USING INDEX e:NOT_SAME_AS(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:SUPERSEDES]->() USING INDEX e:SUPERSEDES(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:CONTRADICTS]->() USING INDEX e:CONTRADICTS(origin) WHERE e.origin = row.node RETURN e
    UNION ALL
    MATCH ()-[e:PAST]->() USING INDEX e:PAST(origin) WHERE e.origin = row.node RETURN e
  }
  SET e.acl = row.acl
}
