-- == union all
-- id long! < events.event_id, orders.order_id
-- k string! <
SELECT event_id AS id, 'event' AS k FROM shop.events UNION ALL SELECT order_id, 'an order' FROM shop.orders

-- == union
-- user_id long < events.user_id, users.user_id
SELECT user_id FROM shop.events UNION SELECT user_id FROM shop.users

-- == intersect
-- user_id long < events.user_id, orders.user_id
SELECT user_id FROM shop.events INTERSECT SELECT user_id FROM shop.orders

-- == except
-- user_id long < users.user_id
-- * filter orders.user_id
SELECT user_id FROM shop.users EXCEPT SELECT user_id FROM shop.orders

-- == intersect all
-- user_id long < events.user_id, orders.user_id
SELECT user_id FROM shop.events INTERSECT ALL SELECT user_id FROM shop.orders

-- == except all
-- user_id long < events.user_id
-- * filter orders.user_id
SELECT user_id FROM shop.events EXCEPT ALL SELECT user_id FROM shop.orders

-- == union of different number types
-- v decimal(21,2) < events.event_id, orders.total
SELECT CAST(event_id AS DECIMAL(19, 0)) AS v FROM shop.events UNION ALL SELECT total FROM shop.orders

-- == union of three with conditions
-- user_id long < events.user_id, orders.user_id, users.user_id
-- * filter events.is_bot, filter orders.status, filter users.country
SELECT user_id FROM shop.events WHERE is_bot UNION ALL SELECT user_id FROM shop.orders WHERE status = 'paid'
UNION ALL SELECT user_id FROM shop.users WHERE country = 'DE'

-- == groups over a union
-- user_id long < events.user_id, orders.user_id
-- n long! <
-- * group events.user_id, group orders.user_id
SELECT user_id, count(*) AS n FROM (SELECT user_id FROM shop.events UNION ALL SELECT user_id FROM shop.orders) t GROUP BY user_id
