// One open version for each origin of a keyed node, one in all for another.
CREATE CONSTRAINT now_line IF NOT EXISTS
FOR (v:Now) REQUIRE v.line IS UNIQUE
