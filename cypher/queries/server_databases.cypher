// The databases of the server that the user may see, one row for each server that holds one.
// parameters: none
// columns: name, aliases, home, status, message, access, writer
SHOW DATABASES
YIELD name, aliases, home, currentStatus, statusMessage, access, writer
RETURN name, aliases, home, currentStatus AS status, statusMessage AS message, access, writer
