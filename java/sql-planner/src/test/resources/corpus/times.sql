-- == days of the zone
-- event_id long! < events.event_id
-- d timestamptz < events.event_time
-- same timestamptz < events.event_time
SELECT event_id, floor(event_time TO DAY) AS d, date_trunc('day', event_time) AS same FROM shop.events

-- == hours, weeks, months, quarters, years of the zone
-- not on DuckDB: it takes the second of the two hours when clocks are set back
-- event_id long! < events.event_id
-- h timestamptz < events.event_time
-- w timestamptz < events.event_time
-- m timestamptz < events.event_time
-- q timestamptz < events.event_time
-- y timestamptz < events.event_time
SELECT event_id, date_trunc('hour', event_time) AS h, date_trunc('week', event_time) AS w, date_trunc('MONTH', event_time) AS m,
  floor(event_time TO QUARTER) AS q, floor(event_time TO YEAR) AS y FROM shop.events

-- == minutes and seconds
-- event_id long! < events.event_id
-- a timestamptz < events.event_time
-- b timestamptz < events.event_time
SELECT event_id, date_trunc('minute', event_time) AS a, date_trunc('second', event_time) AS b FROM shop.events

-- == of timestamps without a zone
-- event_id long! < events.event_id
-- d timestamp < events.local_time
-- h timestamp < events.local_time
-- s timestamp < events.local_time
SELECT event_id, date_trunc('day', local_time) AS d, date_trunc('hour', local_time) AS h, date_trunc('second', local_time) AS s FROM shop.events

-- == of dates
-- event_id long! < events.event_id
-- m date < events.day
-- w date < events.day
-- y date < events.day
SELECT event_id, date_trunc('month', "day") AS m, floor("day" TO WEEK) AS w, date_trunc('year', "day") AS y FROM shop.events

-- == the date in the zone
-- d date < events.event_time
-- n long! <
-- * group events.event_time
SELECT CAST(event_time AS DATE) AS d, count(*) AS n FROM shop.events GROUP BY 1

-- == microseconds stay
-- event_id long! < events.event_id
-- a timestamptz < events.event_time
-- b timestamp < events.local_time
-- c timestamp < events.event_time
SELECT event_id, event_time AS a, local_time AS b, CAST(event_time AS TIMESTAMP) AS c FROM shop.events

-- == parts of a point in time
-- event_id long! < events.event_id
-- y long < events.event_time
-- q long < events.event_time
-- m long < events.event_time
-- w long < events.event_time
-- d long < events.event_time
-- doy long < events.event_time
-- h long < events.event_time
-- mi long < events.event_time
-- s long < events.event_time
SELECT event_id, EXTRACT(YEAR FROM event_time) AS y, quarter(event_time) AS q, month(event_time) AS m, EXTRACT(WEEK FROM event_time) AS w,
  EXTRACT(DAY FROM event_time) AS d, EXTRACT(DOY FROM event_time) AS doy, hour(event_time) AS h, EXTRACT(MINUTE FROM event_time) AS mi,
  EXTRACT(SECOND FROM event_time) AS s
FROM shop.events

-- == parts of dates and of timestamps without a zone
-- event_id long! < events.event_id
-- a long < events.day
-- b long < events.day
-- c long < events.local_time
-- d long < events.local_time
SELECT event_id, EXTRACT(MONTH FROM "day") AS a, dayofyear("day") AS b, hour(local_time) AS c, EXTRACT(DAY FROM local_time) AS d FROM shop.events

-- == compare with literals
-- event_id long! < events.event_id
-- * filter events.event_time
SELECT event_id FROM shop.events WHERE event_time >= CAST(TIMESTAMP '2024-03-31 00:00:00' AS TIMESTAMPTZ) AND event_time < CAST(DATE '2024-04-01' AS TIMESTAMPTZ)

-- == compare a point in time with what the clocks show
-- event_id long! < events.event_id
-- * filter events.event_time
SELECT event_id FROM shop.events WHERE event_time >= TIMESTAMP '2024-03-31 01:30:00.5'

-- == compare dates
-- event_id long! < events.event_id
-- * filter events.day
SELECT event_id FROM shop.events WHERE "day" > DATE '2024-02-28' AND "day" <= DATE '2024-03-31'

-- == move points in time
-- event_id long! < events.event_id
-- a timestamptz < events.event_time
-- b timestamptz < events.event_time
-- c timestamp < events.event_time
-- d timestamptz < events.event_time
SELECT event_id, event_time + INTERVAL '23' HOUR AS a, event_time - INTERVAL '36' MINUTE AS b, CAST(event_time AS TIMESTAMP) + INTERVAL '1' MONTH AS c,
  event_time - INTERVAL '1.5' SECOND AS d FROM shop.events

-- == move timestamps without a zone
-- event_id long! < events.event_id
-- a timestamp < events.local_time
-- b timestamp < events.local_time
SELECT event_id, local_time + INTERVAL '90' MINUTE AS a, local_time - INTERVAL '1' YEAR AS b FROM shop.events

-- == move dates
-- event_id long! < events.event_id
-- a date < events.day
-- b date < events.day
SELECT event_id, "day" + INTERVAL '7' DAY AS a, "day" - INTERVAL '1' MONTH AS b FROM shop.events

-- == sessions by day
-- day timestamptz < events.event_time
-- sessions long! < events.user_id
-- countries long! < events.geo.country
-- * filter events.is_bot, group events.event_time
SELECT floor(event_time TO DAY) AS "day", count(DISTINCT user_id) AS sessions, count(DISTINCT geo.country) AS countries
FROM shop.events WHERE NOT is_bot GROUP BY 1
