// Which of some edges stand open.
// parameters: ids
// columns: id
CALL () {
  MATCH ()-[e:DERIVED_FROM]->() USING INDEX e:DERIVED_FROM(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:MENTIONS]->() USING INDEX e:MENTIONS(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:ABOUT]->() USING INDEX e:ABOUT(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:TAGGED]->() USING INDEX e:TAGGED(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SUBJECT_OF]->() USING INDEX e:SUBJECT_OF(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:OBJECT_OF]->() USING INDEX e:OBJECT_OF(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SUPPORTS]->() USING INDEX e:SUPPORTS(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:NEXT]->() USING INDEX e:NEXT(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:GRANTS]->() USING INDEX e:GRANTS(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SAME_AS]->() USING INDEX e:SAME_AS(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:NOT_SAME_AS]->() USING INDEX e:NOT_SAME_AS(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SUPERSEDES]->() USING INDEX e:SUPERSEDES(id) WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:CONTRADICTS]->() USING INDEX e:CONTRADICTS(id) WHERE e.id IN $in.ids RETURN e.id AS id
}
RETURN id
