-- == inner join
-- event_id long! < events.event_id
-- who string < users.name
-- * join events.user_id, join users.user_id
SELECT e.event_id, u.name AS who FROM shop.events e JOIN shop.users u ON e.user_id = u.user_id

-- == left join with a condition
-- event_id long! < events.event_id
-- who string < users.name
-- * join events.user_id, join users.country, join users.user_id
SELECT e.event_id, u.name AS who FROM shop.events e LEFT JOIN shop.users u ON e.user_id = u.user_id AND u.country = 'DE'

-- == right join
-- event_id long < events.event_id
-- who string < users.name
-- * join events.user_id, join users.user_id
SELECT e.event_id, u.name AS who FROM shop.events e RIGHT JOIN shop.users u ON e.user_id = u.user_id

-- == full join
-- k long < events.user_id, users.user_id
-- event_id long < events.event_id
-- who string < users.name
-- * join events.user_id, join users.user_id
SELECT COALESCE(e.user_id, u.user_id) AS k, e.event_id, u.name AS who FROM shop.events e FULL JOIN shop.users u ON e.user_id = u.user_id

-- == cross join
-- event_id long! < events.event_id
-- order_id long! < orders.order_id
SELECT e.event_id, o.order_id FROM shop.events e CROSS JOIN shop.orders o

-- == comma and a condition
-- event_id long! < events.event_id
-- order_id long! < orders.order_id
-- * filter events.user_id, filter orders.user_id
SELECT e.event_id, o.order_id FROM shop.events e, shop.orders o WHERE e.user_id = o.user_id

-- == three tables
-- name string < users.name
-- event string < events.name
-- total decimal(12,2) < orders.total
-- * join events.user_id, join orders.user_id, join users.user_id
SELECT u.name, e.name AS event, o.total
FROM shop.users u LEFT JOIN shop.events e ON e.user_id = u.user_id LEFT JOIN shop.orders o ON o.user_id = u.user_id

-- == a join on the right side
-- name string < users.name
-- total decimal(12,2) < orders.total
-- * join events.user_id, join orders.user_id, join users.user_id
SELECT u.name, j.total FROM shop.users u
LEFT JOIN (SELECT o.user_id, o.total FROM shop.orders o JOIN shop.events e ON o.user_id = e.user_id) AS j ON j.user_id = u.user_id

-- == a table with itself
-- a long! < events.event_id
-- b long! < events.event_id
-- * join events.event_id, join events.user_id
SELECT x.event_id AS a, y.event_id AS b FROM shop.events x JOIN shop.events y ON x.user_id = y.user_id AND x.event_id < y.event_id

-- == a condition before an outer join
-- name string < users.name
-- n long! < orders.order_id
-- * filter orders.status, join orders.user_id, join users.user_id, group users.name
SELECT u.name, count(o.order_id) AS n
FROM shop.users u LEFT JOIN (SELECT * FROM shop.orders WHERE status = 'paid') o ON o.user_id = u.user_id GROUP BY u.name

-- == a condition after an outer join
-- name string < users.name
-- * filter orders.order_id, join orders.user_id, join users.user_id
SELECT u.name FROM shop.users u LEFT JOIN shop.orders o ON o.user_id = u.user_id WHERE o.order_id IS NULL

-- == join by range
-- event_id long! < events.event_id
-- order_id long < orders.order_id
-- * join events.event_time, join events.user_id, join orders.ordered_at, join orders.user_id
SELECT e.event_id, o.order_id FROM shop.events e
LEFT JOIN shop.orders o ON e.user_id = o.user_id AND o.ordered_at >= e.event_time AND o.ordered_at < e.event_time + INTERVAL '20' HOUR

-- == join of aggregates
-- name string < users.name
-- events long <
-- spent decimal(38,2) < orders.total
-- * join events.user_id, join orders.user_id, join users.user_id, group events.user_id, group orders.user_id
SELECT u.name, e.n AS events, o.spent FROM shop.users u
LEFT JOIN (SELECT user_id, count(*) AS n FROM shop.events GROUP BY user_id) e ON e.user_id = u.user_id
LEFT JOIN (SELECT user_id, sum(total) AS spent FROM shop.orders GROUP BY user_id) o ON o.user_id = u.user_id
