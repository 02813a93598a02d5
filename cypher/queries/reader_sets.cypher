// The numbers of some reader sets, and who belongs to those of some numbers.
// parameters: readers (JSON lists), acls
// columns: acl, readers
MATCH (r:ReaderSet)
WHERE r.readers IN $in.readers OR r.acl IN $in.acls
RETURN r.acl AS acl, r.readers AS readers
