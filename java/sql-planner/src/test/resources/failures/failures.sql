-- == a long that is too large
SELECT event_id + 9223372036854775807 AS a FROM shop.events

-- == an int that is too large
SELECT lines * 2000000000 AS a FROM shop.orders

-- == a sum that is too large
SELECT sum(event_id + 4611686018427387904) AS a FROM shop.events

-- == a cast to an int that is too small
SELECT CAST(event_id + 3000000000 AS INTEGER) AS a FROM shop.events

-- == a cast of a double that is too large
SELECT CAST(score * 1E30 AS BIGINT) AS a FROM shop.events

-- == a cast to a decimal that is too small
SELECT CAST(amount AS DECIMAL(5, 2)) AS a FROM shop.events

-- == a whole number divided by zero
SELECT event_id / (event_id - event_id) AS a FROM shop.events

-- == a remainder of zero
SELECT event_id % (event_id - event_id) AS a FROM shop.events

-- == a decimal divided by zero
SELECT CAST(total AS DECIMAL(10, 2)) / CAST(total - total AS DECIMAL(5, 2)) AS a FROM shop.orders

-- == a double divided by zero
SELECT score / (score - score) AS a FROM shop.events

-- == a text that is no number
SELECT CAST(name AS BIGINT) AS a FROM shop.events

-- == position 0 of a list
SELECT tags[CAST(event_id - event_id AS INTEGER)] AS a FROM shop.events

-- == one value of several rows
SELECT (SELECT user_id FROM shop.users) AS a FROM shop.orders
