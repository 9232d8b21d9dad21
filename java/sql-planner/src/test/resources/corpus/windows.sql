-- == row numbers
-- event_id long! < events.event_id
-- r long! < window events.event_id, window events.user_id
SELECT event_id, row_number() OVER (PARTITION BY user_id ORDER BY event_id) AS r FROM shop.events

-- == ranks
-- event_id long! < events.event_id
-- r long! < window events.amount
-- d long! < window events.amount
SELECT event_id, rank() OVER (ORDER BY amount DESC) AS r, dense_rank() OVER (ORDER BY amount DESC NULLS LAST) AS d FROM shop.events

-- == shares of ranks
-- event_id long! < events.event_id
-- p double! < window events.event_id
-- c double! < window events.event_id
-- q long! < window events.event_id
SELECT event_id, percent_rank() OVER w AS p, cume_dist() OVER w AS c, ntile(3) OVER w AS q FROM shop.events WINDOW w AS (ORDER BY event_id)

-- == lag and lead
-- event_id long! < events.event_id
-- before decimal(12,2) < events.amount, window events.event_id, window events.user_id
-- after string < events.name, window events.event_id, window events.user_id
-- other long! < events.event_id, window events.event_id, window events.user_id
SELECT event_id, lag(amount) OVER (PARTITION BY user_id ORDER BY event_id) AS before,
  lead(name, 2) OVER (PARTITION BY user_id ORDER BY event_id) AS after,
  lag(event_id, 1, CAST(0 AS BIGINT)) OVER (PARTITION BY user_id ORDER BY event_id) AS other
FROM shop.events

-- == lag without nulls
-- not on DuckDB: it wants IGNORE NULLS between the brackets
-- event_id long! < events.event_id
-- v decimal(12,2) < events.amount, window events.event_id
SELECT event_id, lag(amount) IGNORE NULLS OVER (ORDER BY event_id) AS v FROM shop.events

-- == a running sum
-- event_id long! < events.event_id
-- s decimal(38,2) < events.amount, window events.event_id, window events.user_id
-- n long! < window events.event_id, window events.user_id
SELECT event_id, sum(amount) OVER (PARTITION BY user_id ORDER BY event_id) AS s,
  count(*) OVER (PARTITION BY user_id ORDER BY event_id) AS n FROM shop.events

-- == a sum of the whole partition
-- event_id long! < events.event_id
-- s decimal(38,2) < events.amount, window events.user_id
-- t double < events.score
SELECT event_id, sum(amount) OVER (PARTITION BY user_id) AS s, sum(score) OVER () AS t FROM shop.events

-- == frames of rows
-- event_id long! < events.event_id
-- a double < events.score, window events.event_id
-- b double < events.score, window events.event_id
-- c decimal(12,2) < events.amount, window events.event_id
SELECT event_id, avg(score) OVER (ORDER BY event_id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS a,
  sum(score) OVER (ORDER BY event_id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS b,
  min(amount) OVER (ORDER BY event_id ROWS 2 PRECEDING) AS c
FROM shop.events

-- == frames of range
-- event_id long! < events.event_id
-- a long! < window events.name
-- b decimal(12,2) < events.amount, window events.name
SELECT event_id, count(*) OVER (ORDER BY name RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS a,
  max(amount) OVER (ORDER BY name RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS b
FROM shop.events

-- == first and last values
-- not on DuckDB: it wants IGNORE NULLS between the brackets
-- event_id long! < events.event_id
-- a decimal(12,2) < events.amount, window events.event_id, window events.user_id
-- b string < events.name, window events.event_id, window events.user_id
-- c decimal(12,2) < events.amount, window events.event_id, window events.user_id
SELECT event_id, first_value(amount) OVER (PARTITION BY user_id ORDER BY event_id) AS a,
  last_value(name) OVER (PARTITION BY user_id ORDER BY event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS b,
  first_value(amount) IGNORE NULLS OVER (PARTITION BY user_id ORDER BY event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS c
FROM shop.events

-- == qualify
-- user_id long < events.user_id
-- event_id long! < events.event_id
-- * window events.event_id, window events.event_time, window events.user_id
SELECT user_id, event_id FROM shop.events QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY event_time DESC, event_id) = 1

-- == a window over groups
-- name string < events.name
-- n long! <
-- r long! < window events.name
-- * group events.name
SELECT name, count(*) AS n, rank() OVER (ORDER BY count(*) DESC, name) AS r FROM shop.events GROUP BY name

-- == shares of a total
-- name string < events.name
-- share double < events.amount
-- * group events.name
SELECT name, CAST(sum(amount) AS DOUBLE) / CAST(sum(sum(amount)) OVER () AS DOUBLE) AS share FROM shop.events GROUP BY name

-- == gaps between events
-- event_id long! < events.event_id
-- starts boolean! < events.event_time, window events.event_id, window events.event_time, window events.user_id
SELECT event_id, (prev IS NULL OR event_time >= prev + INTERVAL '30' MINUTE) IS TRUE AS starts
FROM (SELECT event_id, event_time, lag(event_time) OVER (PARTITION BY user_id ORDER BY event_time, event_id) AS prev FROM shop.events) t
