-- == in a subquery
-- event_id long! < events.event_id
-- * filter events.user_id, filter users.country, filter users.user_id
SELECT event_id FROM shop.events WHERE user_id IN (SELECT user_id FROM shop.users WHERE country = 'DE')

-- == not in a subquery with null
-- user_id long! < users.user_id
-- * filter events.user_id, filter users.user_id
SELECT user_id FROM shop.users WHERE user_id NOT IN (SELECT user_id FROM shop.events)

-- == not in a subquery without null
-- user_id long! < users.user_id
-- * filter orders.user_id, filter users.user_id
SELECT user_id FROM shop.users WHERE user_id NOT IN (SELECT user_id FROM shop.orders WHERE user_id IS NOT NULL)

-- == exists
-- user_id long! < users.user_id
-- * filter orders.status, filter orders.user_id, filter users.user_id
SELECT user_id FROM shop.users u WHERE EXISTS (SELECT 1 FROM shop.orders o WHERE o.user_id = u.user_id AND o.status = 'paid')

-- == not exists
-- user_id long! < users.user_id
-- * filter orders.user_id, filter users.user_id
SELECT user_id FROM shop.users u WHERE NOT EXISTS (SELECT * FROM shop.orders o WHERE o.user_id = u.user_id)

-- == one value
-- event_id long! < events.event_id
-- * filter events.amount
SELECT event_id FROM shop.events WHERE amount > (SELECT avg(amount) FROM shop.events)

-- == one value in the selection
-- event_id long! < events.event_id
-- most decimal(12,2) < events.amount
SELECT event_id, (SELECT max(amount) FROM shop.events) AS most FROM shop.events

-- == one value by the row around
-- user_id long! < users.user_id
-- n long < filter orders.user_id, filter users.user_id
SELECT user_id, (SELECT count(*) FROM shop.orders o WHERE o.user_id = u.user_id) AS n FROM shop.users u

-- == one value by the row around in a condition
-- order_id long! < orders.order_id
-- * filter orders.total, filter orders.user_id
SELECT order_id FROM shop.orders o WHERE total >= (SELECT avg(p.total) FROM shop.orders p WHERE p.user_id = o.user_id)

-- == by the row around, with more than equality
-- order_id long! < orders.order_id
-- before long < filter orders.ordered_at, filter orders.user_id
SELECT order_id, (SELECT count(*) FROM shop.orders p WHERE p.user_id = o.user_id AND p.ordered_at < o.ordered_at) AS before FROM shop.orders o

-- == exists or a condition
-- user_id long! < users.user_id
-- * filter orders.user_id, filter users.country, filter users.user_id
SELECT user_id FROM shop.users u WHERE country = 'FR' OR EXISTS (SELECT 1 FROM shop.orders o WHERE o.user_id = u.user_id)
