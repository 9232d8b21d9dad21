-- == functions on texts
-- user_id long! < users.user_id
-- a string < users.name
-- b string < users.name
-- c int < users.name
-- d string < users.name
-- e string < users.name
SELECT user_id, upper(name) AS a, lower(name) AS b, char_length(name) AS c, substring(name FROM 2) AS d, SUBSTRING(name, 1, 3) AS e FROM shop.users

-- == joined texts
-- not on DuckDB: its concat skips nulls
-- user_id long! < users.user_id
-- a string < users.country, users.name
-- b string < users.country, users.name
SELECT user_id, name || ' from ' || country AS a, concat(name, '-', country) AS b FROM shop.users

-- == like
-- user_id long! < users.user_id
-- * filter users.name
SELECT user_id FROM shop.users WHERE name LIKE '%n%' AND name NOT LIKE 'Z%'

-- == like with an escape
-- event_id long! < events.event_id
-- * filter events.name
SELECT event_id FROM shop.events WHERE name LIKE '50!%%' ESCAPE '!' OR name LIKE '%\_%' ESCAPE '!'

-- == trim and replace
-- event_id long! < events.event_id
-- a string < events.name
-- b string < events.name
-- c string < events.name
SELECT event_id, trim(name) AS a, trim(LEADING 'v' FROM name) AS b, replace(name, 'i', 'ii') AS c FROM shop.events

-- == positions
-- user_id long! < users.user_id
-- p int < users.name
-- s boolean < users.name
-- l int < users.name
SELECT user_id, position('n' IN name) AS p, starts_with(name, 'A') AS s, length(name) AS l FROM shop.users

-- == parts of a text
-- not on DuckDB: its split_part gives an empty text where there is no part
-- event_id long! < events.event_id
-- a string < events.props[path]
-- b string < events.props[path]
-- c string < events.props[path]
SELECT event_id, split_part(props['path'], '/', 2) AS a, split_part(props['path'], '/', 3) AS b, split_part(props['path'], '.', 9) AS c
FROM shop.events

-- == what a text has before a character
-- event_id long! < events.event_id
-- a string < events.props[path]
SELECT event_id, substring(props['path'], 1, position('?' IN props['path']) - 1) AS a FROM shop.events
