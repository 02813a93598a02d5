// The words of cubes, past and present, with the namespace and the tags that they had.
CREATE FULLTEXT INDEX cube_text IF NOT EXISTS
FOR (v:Version) ON EACH [v.title, v.text, v.place, v.tags]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words'}}
