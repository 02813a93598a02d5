// Which of some edges stand open.
// parameters: ids
// columns: id
CALL () {
  MATCH ()-[e:DERIVED_FROM]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:MENTIONS]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:ABOUT]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:TAGGED]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SUBJECT_OF]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:OBJECT_OF]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SUPPORTS]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:NEXT]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:GRANTS]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SAME_AS]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:NOT_SAME_AS]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:SUPERSEDES]->() WHERE e.id IN $in.ids RETURN e.id AS id
  UNION ALL
  MATCH ()-[e:CONTRADICTS]->() WHERE e.id IN $in.ids RETURN e.id AS id
}
RETURN id
