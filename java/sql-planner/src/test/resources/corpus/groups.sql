-- == count of all
-- n long! <
SELECT count(*) AS n FROM shop.events

-- == counts by name
-- name string < events.name
-- n long! <
-- amounts long! < events.amount
-- people long! < events.user_id
-- * group events.name
SELECT name, count(*) AS n, count(amount) AS amounts, count(DISTINCT user_id) AS people FROM shop.events GROUP BY name

-- == sums and averages
-- name string < events.name
-- total decimal(38,2) < events.amount
-- mean double < events.amount
-- scores double < events.score
-- lowest decimal(12,2) < events.amount
-- last timestamptz < events.event_time
-- * group events.name
SELECT name, sum(amount) AS total, avg(amount) AS mean, sum(score) AS scores, min(amount) AS lowest, max(event_time) AS last
FROM shop.events GROUP BY name

-- == sum of whole numbers
-- status string < orders.status
-- lines long < orders.lines
-- mean double < orders.lines
-- * group orders.status
SELECT status, sum(lines) AS lines, avg(lines) AS mean FROM shop.orders GROUP BY status

-- == aggregates of no rows
-- n long! <
-- total decimal(38,2) < events.amount
-- m string < events.name
-- * filter events.event_id
SELECT count(*) AS n, sum(amount) AS total, max(name) AS m FROM shop.events WHERE event_id < 0

-- == filter
-- n long! < filter events.is_bot
-- total decimal(38,2) < events.amount, filter events.name
SELECT count(*) FILTER (WHERE NOT is_bot) AS n, sum(amount) FILTER (WHERE name = 'buy') AS total FROM shop.events

-- == having
-- name string < events.name
-- n long! <
-- * filter events.amount, group events.name
SELECT name, count(*) AS n FROM shop.events GROUP BY name HAVING sum(amount) > 10

-- == by position and expression
-- big boolean < events.amount
-- n long! <
-- * group events.amount
SELECT amount > 20 AS big, count(*) AS n FROM shop.events GROUP BY 1

-- == by alias
-- c string < events.geo.country
-- n long! <
-- * group events.geo.country
SELECT geo.country AS c, count(*) AS n FROM shop.events GROUP BY c

-- == rollup
-- name string < events.name
-- is_bot boolean < events.is_bot
-- n long! <
-- * group events.is_bot, group events.name
SELECT name, is_bot, count(*) AS n FROM shop.events GROUP BY ROLLUP(name, is_bot)

-- == cube with grouping
-- name string < events.name
-- status boolean < events.is_bot
-- gn long! < events.name
-- gb long! < events.is_bot
-- n long! <
-- * group events.is_bot, group events.name
SELECT name, is_bot AS status, grouping(name) AS gn, grouping(is_bot) AS gb, count(*) AS n FROM shop.events GROUP BY CUBE(name, is_bot)

-- == grouping sets
-- country string < users.country
-- plan string < users.plan
-- n long! <
-- names long! < users.name
-- * group users.country, group users.plan
SELECT country, plan, count(*) AS n, count(DISTINCT name) AS names FROM shop.users GROUP BY GROUPING SETS ((country, plan), (country), ())

-- == a sum of what is grouped by
-- amount decimal(12,2) < events.amount
-- total decimal(38,2) < events.amount
-- * group events.amount
SELECT amount, sum(amount) AS total FROM shop.events GROUP BY ROLLUP(amount)

-- == count_if
-- n long! < events.is_bot
-- m long! < events.amount
SELECT count_if(is_bot) AS n, COUNT_IF(amount > 10) AS m FROM shop.events

-- == approximate counts of few values
-- not on DuckDB: it has no approx_distinct
-- n long! < events.user_id
-- m long! < events.name
SELECT approx_distinct(user_id) AS n, APPROX_COUNT_DISTINCT(name) AS m FROM shop.events

-- == max_by and min_by
-- name string < events.name
-- latest long < events.event_id, events.event_time
-- first decimal(12,2) < events.amount, events.event_id
-- * group events.name
SELECT name, max_by(event_id, event_time) AS latest, min_by(amount, event_id) AS first FROM shop.events GROUP BY name

-- == deviations
-- ds double < events.score
-- dp double < events.amount
-- vs double < events.amount
-- vp double < events.score
SELECT stddev_samp(score) AS ds, stddev_pop(amount) AS dp, var_samp(amount) AS vs, var_pop(score) AS vp FROM shop.events

-- == sum of different values
-- total decimal(38,2) < events.amount
-- n long! < events.name
SELECT sum(DISTINCT amount) AS total, count(DISTINCT name) AS n FROM shop.events

-- == the least and the greatest of texts and truths
-- a string < events.name
-- b string < events.name
-- c boolean < events.is_bot
-- d date < events.day
SELECT min(name) AS a, max(name) AS b, max(is_bot) AS c, min("day") AS d FROM shop.events

-- == groups of groups
-- n long! <
-- people long! < events.user_id
-- * group events.user_id
SELECT n, count(user_id) AS people FROM (SELECT user_id, count(*) AS n FROM shop.events GROUP BY user_id) t GROUP BY n
