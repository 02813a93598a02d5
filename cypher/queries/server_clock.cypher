// What time the server has at this moment, in microseconds since 1970 in UTC.
// parameters: none
// columns: at
WITH datetime.realtime() AS t
RETURN t.epochSeconds * 1000000 + t.microsecond AS at
