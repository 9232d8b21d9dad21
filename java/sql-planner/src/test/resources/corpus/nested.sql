-- == a nested field
-- country string < events.geo.country
-- lat double < events.geo.loc.lat
SELECT geo.country, e.geo.loc.lat AS lat FROM shop.events e

-- == a field of what is not there
-- event_id long! < events.event_id
-- * filter events.geo.country
SELECT event_id FROM shop.events WHERE geo.country IS NULL

-- == a key of a map
-- not on DuckDB: its element_at gives a list
-- source string < events.props[utm_source]
-- missing string < events.props[nothing]
SELECT props['utm_source'] AS source, element_at(props, 'nothing') AS missing FROM shop.events

-- == an element of a list
-- not on DuckDB: its element_at takes no lists
-- a string < events.tags[]
-- b string < events.tags[]
-- c string < events.tags[]
SELECT tags[1] AS a, element_at(tags, 2) AS b, element_at(tags, -1) AS c FROM shop.events

-- == a field of an element
-- sku string < events.items[].sku
-- price decimal(10,2) < events.items[].price
SELECT items[1].sku AS sku, e.items[2].price AS price FROM shop.events e

-- == by a computed position
-- v string < events.event_id, events.tags[]
SELECT tags[CAST(event_id AS INTEGER)] AS v FROM shop.events

-- == sizes
-- a int < events.items
-- b int < events.props
SELECT cardinality(items) AS a, cardinality(props) AS b FROM shop.events

-- == contains
-- event_id long! < events.event_id
-- * filter events.tags
SELECT event_id FROM shop.events WHERE contains(tags, 'red')

-- == groups by a nested field and a key
-- country string < events.geo.country
-- source string < events.props[utm_source]
-- n long! <
-- * group events.geo.country, group events.props[utm_source]
SELECT geo.country AS country, props['utm_source'] AS source, count(*) AS n FROM shop.events GROUP BY 1, 2

-- == whole nested columns pass
-- event_id long! < events.event_id
-- geo struct<country:string,city:string,loc:struct<lat:double,lon:double>> < events.geo
-- tags list<string> < events.tags
-- props map<string,string> < events.props
SELECT event_id, geo, tags, props FROM shop.events

-- == a nested field through a subquery
-- lat double < events.geo.loc.lat
SELECT g.loc.lat AS lat FROM (SELECT geo AS g FROM shop.events) t

-- == unnest a list of texts
-- event_id long! < events.event_id
-- tag string < events.tags[]
-- * join events.tags[]
SELECT e.event_id, t.tag FROM shop.events e CROSS JOIN UNNEST(e.tags) AS t(tag)

-- == unnest with a comma
-- event_id long! < events.event_id
-- tag string < events.tags[]
-- * join events.tags[]
SELECT e.event_id, t.tag FROM shop.events e, UNNEST(e.tags) AS t(tag)

-- == unnest and keep empty ones
-- event_id long! < events.event_id
-- tag string < events.tags[]
-- * join events.tags[]
SELECT e.event_id, t.tag FROM shop.events e LEFT JOIN UNNEST(e.tags) AS t(tag) ON TRUE

-- == unnest with positions
-- event_id long! < events.event_id
-- tag string < events.tags[]
-- n int! < events.tags[]
-- * join events.tags[]
SELECT e.event_id, t.tag, t.n FROM shop.events e CROSS JOIN UNNEST(e.tags) WITH ORDINALITY AS t(tag, n)

-- == unnest with positions and keep empty ones
-- event_id long! < events.event_id
-- tag string < events.tags[]
-- n int < events.tags[]
-- * join events.tags[]
SELECT e.event_id, t.tag, t.n FROM shop.events e LEFT JOIN UNNEST(e.tags) WITH ORDINALITY AS t(tag, n) ON TRUE

-- == unnest structs
-- event_id long! < events.event_id
-- sku string < events.items[].sku
-- price decimal(10,2) < events.items[].price
-- * join events.items[]
SELECT e.event_id, i.sku, i.price FROM shop.events e CROSS JOIN UNNEST(e.items) AS i

-- == unnest structs under other names
-- not on DuckDB: the fields of unnested structs cannot be renamed there
-- event_id long! < events.event_id
-- article string < events.items[].sku
-- q int < events.items[].qty
-- * join events.items[]
SELECT e.event_id, i.article, i.q FROM shop.events e CROSS JOIN UNNEST(e.items) AS i(article, q, p)

-- == unnest structs, with positions, and keep empty ones
-- not on DuckDB: the position of unnested structs cannot be named there
-- event_id long! < events.event_id
-- sku string < events.items[].sku
-- pos int < events.items[]
-- * join events.items[]
SELECT e.event_id, i.sku, i.pos FROM shop.events e LEFT JOIN UNNEST(e.items) WITH ORDINALITY AS i(sku, qty, price, pos) ON TRUE

-- == unnest a map
-- not on DuckDB: it unnests no maps
-- event_id long! < events.event_id
-- k string! < events.props[].key
-- v string < events.props[].value
-- * join events.props[]
SELECT e.event_id, p.k, p.v FROM shop.events e CROSS JOIN UNNEST(e.props) AS p(k, v)

-- == unnest a map and keep empty ones
-- not on DuckDB: it unnests no maps
-- event_id long! < events.event_id
-- k string < events.props[].key
-- v string < events.props[].value
-- * join events.props[]
SELECT e.event_id, p.k, p.v FROM shop.events e LEFT JOIN UNNEST(e.props) AS p(k, v) ON TRUE

-- == unnest and group
-- sku string < events.items[].sku
-- qty long < events.items[].qty
-- revenue decimal(38,2) < events.items[].price, events.items[].qty
-- * filter events.is_bot, join events.items[], group events.items[].sku
SELECT i.sku, sum(i.qty) AS qty, sum(CAST(i.qty * i.price AS DECIMAL(20, 2))) AS revenue
FROM shop.events e CROSS JOIN UNNEST(e.items) AS i WHERE NOT e.is_bot GROUP BY i.sku

-- == unnest twice
-- event_id long! < events.event_id
-- tag string < events.tags[]
-- sku string < events.items[].sku
-- * join events.items[], join events.tags[]
SELECT e.event_id, t.tag, i.sku FROM shop.events e CROSS JOIN UNNEST(e.tags) AS t(tag) CROSS JOIN UNNEST(e.items) AS i

-- == unnest, then join
-- sku string < events.items[].sku
-- who string < users.name
-- * join events.items[], join events.user_id, join users.user_id
SELECT i.sku, u.name AS who FROM shop.events e CROSS JOIN UNNEST(e.items) AS i JOIN shop.users u ON u.user_id = e.user_id

-- == join, then unnest
-- sku string < events.items[].sku
-- who string < users.name
-- * join events.items[], join events.user_id, join users.user_id
SELECT i.sku, u.name AS who FROM shop.events e JOIN shop.users u ON u.user_id = e.user_id CROSS JOIN UNNEST(e.items) AS i

-- == unnest of a filtered subquery
-- event_id long! < events.event_id
-- tag string < events.tags[]
-- * filter events.name, join events.tags[]
SELECT e.event_id, t.tag FROM (SELECT event_id, tags FROM shop.events WHERE name = 'view') e CROSS JOIN UNNEST(e.tags) AS t(tag)
