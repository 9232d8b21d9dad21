-- == lateral view
-- 1:38-1:44 Encountered "LATERAL" at line 1, column 38.
SELECT e.event_id FROM shop.events e LATERAL VIEW explode(e.tags) t AS tag

-- == natural join
-- 1:34-1:37 NATURAL JOIN is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: write ON, and COALESCE the columns of both sides where one may be missing
SELECT * FROM shop.users NATURAL JOIN shop.orders

-- == inner join using
-- 1:30-1:33 USING is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: write ON, and COALESCE the columns of both sides where one may be missing
SELECT plan FROM shop.events JOIN shop.users USING (user_id)

-- == full join using
-- 1:37-1:40 USING is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: write ON, and COALESCE the columns of both sides where one may be missing
SELECT user_id FROM shop.users FULL JOIN shop.orders USING (user_id)

-- == match_recognize
-- 1:27-1:153 "MATCH_RECOGNIZE" is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT * FROM shop.orders MATCH_RECOGNIZE (PARTITION BY user_id ORDER BY ordered_at MEASURES A.order_id AS a PATTERN (A B) DEFINE B AS B.total > A.total)

-- == pivot
-- 1:55-1:108 "PIVOT" is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT * FROM (SELECT status, total FROM shop.orders) PIVOT (sum(total) AS s FOR status IN ('paid' AS paid))

-- == tablesample
-- 1:15-1:51 "TABLESAMPLE" is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT * FROM shop.orders TABLESAMPLE BERNOULLI(10)

-- == as of a time
-- 1:20-1:79 "SNAPSHOT" is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT * FROM shop.orders FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01 00:00:00'

-- == recursive
-- 1:16-1:16 WITH RECURSIVE is not supported: it is not proven to give the same rows on Spark and on Trino
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r

-- == lambda
-- 1:8-1:37 The function TRANSFORM is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT transform(tags, x -> upper(x)) AS t FROM shop.events

-- == json
-- 1:8-1:34 The function JSON_VALUE is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: let the pipeline put the value into a column of its own or into a map, and read that: props['key']
SELECT json_value(name, 'lax $.a') AS v FROM shop.events

-- == rand
-- 1:8-1:13 RAND is not supported: a run would not give the same rows again
-- suggestion: number rows by ROW_NUMBER, or take a part of them by a key, such as MOD(user_id, 10) = 0
SELECT rand() AS r FROM shop.events

-- == now
-- 1:8-1:24 CURRENT_TIMESTAMP is not supported: a run would not give the same rows again
-- suggestion: let newDataBy name the time of the rows, so that each run reads the rows of its own window; or write a literal such as DATE '2024-01-31'
SELECT current_timestamp AS t FROM shop.events

-- == current date
-- 1:48-1:59 CURRENT_DATE is not supported: a run would not give the same rows again
-- suggestion: let newDataBy name the time of the rows, so that each run reads the rows of its own window; or write a literal such as DATE '2024-01-31'
SELECT event_id FROM shop.events WHERE "day" = CURRENT_DATE

-- == percentile
-- 1:8-1:57 The function PERCENTILE_CONT is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: number the rows by ROW_NUMBER() OVER (ORDER BY ...) beside COUNT(*) OVER (), and take the one at that share
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) AS m FROM shop.orders

-- == listagg
-- 1:8-1:49 The function LISTAGG is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: keep a row for each value; ROW_NUMBER() OVER (ORDER BY ...) keeps their order
SELECT listagg(name) WITHIN GROUP (ORDER BY name) AS l FROM shop.users

-- == array_agg
-- 1:8-1:22 The function ARRAY_AGG is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: keep a row for each value; ROW_NUMBER() OVER (ORDER BY ...) keeps their order
SELECT array_agg(name) AS l FROM shop.users

-- == java class
-- 1:8-1:48 The function JAVA_METHOD is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT java_method('java.lang.System', 'getenv') AS v FROM shop.users

-- == reflect
-- 1:8-1:49 The function REFLECT is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT reflect('java.lang.Runtime', 'getRuntime') AS v FROM shop.users

-- == a table function
-- 1:15-1:46 "TABLE" is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT * FROM TABLE(read_files('/etc/passwd')) AS t

-- == a file as a table
-- 1:23-1:23 Lexical error at line 1, column 23.  Encountered: "`" (96), after : ""
SELECT * FROM parquet.`/etc/passwd`

-- == a quoted file as a table
-- 1:15-1:37 Object 'parquet' not found
SELECT * FROM "parquet"."/etc/passwd"

-- == the information schema
-- 1:15-1:39 Object 'information_schema' not found
SELECT * FROM information_schema.tables

-- == calcite's own metadata
-- 1:15-1:29 Object 'metadata' not found
SELECT * FROM metadata.TABLES

-- == another statement
-- 1:1-1:22 Only a query can be planned, no DELETE
DELETE FROM shop.users

-- == an insert
-- 1:1-1:47 Only a query can be planned, no INSERT
INSERT INTO shop.users SELECT * FROM shop.users

-- == two statements
-- 1:14-1:14 Encountered ";" at line 1, column 14.
SELECT 1 AS a; SELECT 2 AS b

-- == a parameter
-- 1:51-1:51 A query has no parameters: write the value instead of "?"
SELECT event_id FROM shop.events WHERE event_id = ?

-- == a quotient of wide decimals
-- 1:8-1:22 The result of "/" would need 53 digits; decimals have at most 38
-- suggestion: cast the operands to smaller decimals or to DOUBLE
SELECT sum(amount) / 3 AS a FROM shop.events

-- == a product that is too wide
-- 1:8-1:70 The result of "*" would need 61 digits; decimals have at most 38
-- suggestion: cast the operands to smaller decimals or to DOUBLE
SELECT CAST(amount AS DECIMAL(30, 2)) * CAST(amount AS DECIMAL(30, 2)) AS a FROM shop.events

-- == a cut text
-- 1:8-1:31 A cast to a text of at most 3 characters is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: SUBSTRING(... FROM 1 FOR 3)
SELECT CAST(name AS VARCHAR(3)) AS n FROM shop.events

-- == a double as a text
-- 1:8-1:29 A cast from double to string is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT CAST(score AS VARCHAR) AS n FROM shop.events

-- == a time as a text
-- 1:8-1:34 A cast from timestamptz to string is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT CAST(event_time AS VARCHAR) AS n FROM shop.events

-- == a text as a time
-- 1:8-1:30 A cast from string to timestamp is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT CAST(name AS TIMESTAMP) AS n FROM shop.events

-- == a text compared with a number
-- 1:40-1:47 "=" of string and int is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT event_id FROM shop.events WHERE name = 5

-- == a text compared with a time
-- 1:40-1:64 A cast from string to timestamptz is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT event_id FROM shop.events WHERE event_time > '2024-01-01'

-- == a pattern from a column
-- 1:40-1:53 LIKE with a pattern that is no literal is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT event_id FROM shop.events WHERE name LIKE name

-- == a backslash in a pattern
-- 1:40-1:55 A backslash in a pattern of LIKE without ESCAPE is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT event_id FROM shop.events WHERE name LIKE 'a\_b'

-- == seconds between times
-- 1:1-1:68 The column "d" of the type interval_day_second is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: cast it
SELECT (event_time - event_time) DAY TO SECOND AS d FROM shop.events

-- == timestampdiff
-- 1:8-1:52 The function TIMESTAMPDIFF is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT timestampdiff(SECOND, event_time, event_time) AS d FROM shop.events

-- == an epoch
-- 1:8-1:37 "EPOCH" is no unit that both engines are proven to count alike: there are year, quarter, month, week, day, hour, minute and second
SELECT EXTRACT(EPOCH FROM event_time) AS d FROM shop.events

-- == a day of the week
-- 1:8-1:35 "DOW" is no unit that both engines are proven to count alike: there are year, quarter, month, week, day, hour, minute and second
SELECT EXTRACT(DOW FROM event_time) AS d FROM shop.events

-- == an unknown unit
-- 1:8-1:42 "fortnight" is no unit that both engines are proven to count alike: there are year, quarter, month, week, day, hour, minute and second
SELECT date_trunc('fortnight', event_time) AS d FROM shop.events

-- == a date cut to an hour
-- 1:8-1:32 DATE_TRUNC of string, date is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT date_trunc('hour', "day") AS d FROM shop.events

-- == at time zone
-- 1:22-1:25 Encountered "TIME" at line 1, column 22.
SELECT event_time AT TIME ZONE 'UTC' AS d FROM shop.events

-- == position 0
-- 1:8-1:14 Elements of a list are counted from 1
SELECT tags[0] AS t FROM shop.events

-- == a range with a distance
-- 1:8-1:18 A frame of RANGE with a distance is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: use ROWS
SELECT sum(amount) OVER (ORDER BY event_id RANGE BETWEEN 5 PRECEDING AND CURRENT ROW) AS s FROM shop.events

-- == distinct over a window
-- 1:8-1:27 COUNT(DISTINCT ...) over a window is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT count(DISTINCT name) OVER (PARTITION BY user_id) AS s FROM shop.events

-- == a cube of many
-- 1:48-1:106 CUBE takes at most 6 columns
SELECT count(*) AS n FROM shop.events GROUP BY CUBE(event_id, user_id, name, is_bot, amount, score, "day")

-- == rollup beside a column
-- 1:68-1:81 ROLLUP beside other columns of GROUP BY is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT name, is_bot, count(*) AS n FROM shop.events GROUP BY name, ROLLUP(is_bot)

-- == a group by a map
-- 1:1-1:59 A group by map<string,string> is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT props, count(*) AS n FROM shop.events GROUP BY props

-- == a column of the type uuid
-- 1:1-1:26 The column "token" of the type binary, fixed or uuid is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: cast it
SELECT token FROM shop.odd

-- == a condition on binary
-- 1:31-1:47 "=" of binary, fixed or uuid and binary, fixed or uuid is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT id FROM shop.odd WHERE payload = payload

-- == a lateral subquery
-- 1:62-1:121 "LATERAL" is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT u.name, o.total FROM shop.users u CROSS JOIN LATERAL (SELECT total FROM shop.orders o WHERE o.user_id = u.user_id) o

-- == a subquery in a join
-- 1:33-1:36 A subquery in the condition of a join is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT u.name FROM shop.users u JOIN shop.orders o ON o.user_id = u.user_id AND o.total > (SELECT avg(total) FROM shop.orders)

-- == unnest with a condition
-- 1:55-1:68 LATERAL with anything but UNNEST of one collection, or UNNEST with a condition is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT e.event_id, t.tag FROM shop.events e LEFT JOIN UNNEST(e.tags) AS t(tag) ON t.tag = 'red'

-- == unnest of two
-- 1:49-1:70 LATERAL with anything but UNNEST of one collection, or UNNEST with a condition is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT e.event_id FROM shop.events e CROSS JOIN UNNEST(e.tags, e.tags) AS t(a, b)

-- == one value that may be several
-- 1:1-1:100 A subquery for one value that names a column of the query around it and does not aggregate is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT user_id, (SELECT total FROM shop.orders o WHERE o.user_id = u.user_id) AS t FROM shop.users u

-- == all of a subquery
-- 1:38-1:83 "> ALL" is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT user_id FROM shop.users WHERE user_id > ALL (SELECT user_id FROM shop.orders)

-- == a column without a name
-- 1:1-1:31 Column 1 of the result has no name: write AS and a name of letters, digits and _
SELECT count(*) FROM shop.users

-- == two columns of one name
-- 1:1-1:39 Two columns of the result are called "user_id"; capitals make no difference
SELECT user_id, user_id FROM shop.users

-- == a name with a space
-- 1:1-1:43 Column 1 of the result is called "user id": write AS and a name of letters, digits and _
SELECT user_id AS "user id" FROM shop.users

-- == a wrong column
-- 3:7-3:12 Column 'usr_id' not found in any table
-- suggestion: user_id
SELECT count(*) AS n
FROM shop.events
WHERE usr_id > 5

-- == a wrong nested field
-- 1:8-1:17 Column 'geo.contry' not found in table 'events'
-- suggestion: country
SELECT geo.contry AS c FROM shop.events

-- == a wrong table
-- 1:15-1:24 Object 'evnts' not found within 'shop'
-- suggestion: shop.events
SELECT * FROM shop.evnts

-- == a wrong database
-- 1:15-1:24 Object 'shp' not found
-- suggestion: shop.events
SELECT * FROM shp.events

-- == a wrong function
-- 1:8-1:17 The function UPER is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: UPPER
SELECT uper(name) AS n FROM shop.users

-- == a wrong argument
-- 1:8-1:22 Cannot apply 'UPPER' to arguments of type 'UPPER(<BIGINT>)'.
SELECT upper(event_id) AS n FROM shop.events

-- == an open bracket
-- 1:16-1:17 Encountered "AS" at line 1, column 16.
SELECT count(* AS n FROM shop.events

-- == a typing error
-- 1:1-1:5 Non-query expression encountered in illegal context
SELEC event_id FROM shop.events

-- == not grouped
-- 1:8-1:11 Expression 'name' is not being grouped
SELECT name, count(*) AS n FROM shop.events GROUP BY is_bot

-- == a window in a condition
-- 1:40-1:76 Windowed aggregate expression is illegal in WHERE clause
SELECT event_id FROM shop.events WHERE row_number() OVER (ORDER BY event_id) = 1

-- == null without a type
-- 1:8-1:11 Illegal use of 'NULL'
SELECT NULL AS x FROM shop.users

-- == a hint
-- 1:1-1:52 A hint is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT /*+ broadcast(u) */ user_id FROM shop.users u

-- == two columns in a subquery
-- 1:38-1:96 IN with several columns is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT user_id FROM shop.users WHERE (user_id, name) IN (SELECT user_id, status FROM shop.orders)

-- == arithmetic with float
-- 1:8-1:12 "+" of float and int is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: cast the float to DOUBLE
SELECT f + 1 AS g FROM shop.odd

-- == a default beside a value that may be null
-- 1:8-1:27 A default of LAG beside a value that may be null is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: use COALESCE
SELECT lag(amount, 1, 0.00) OVER (ORDER BY event_id) AS v FROM shop.events

-- == now with brackets
-- 1:53-1:57 NOW is not supported: a run would not give the same rows again
-- suggestion: let newDataBy name the time of the rows, so that each run reads the rows of its own window; or write a literal such as DATE '2024-01-31'
SELECT event_id FROM shop.events WHERE event_time < now()

-- == an approximate percentile
-- 1:8-1:36 The function APPROX_PERCENTILE is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: number the rows by ROW_NUMBER() OVER (ORDER BY ...) beside COUNT(*) OVER (), and take the one at that share
SELECT approx_percentile(score, 0.5) AS p FROM shop.events

-- == string_agg
-- 1:8-1:28 The function STRING_AGG is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: keep a row for each value; ROW_NUMBER() OVER (ORDER BY ...) keeps their order
SELECT string_agg(name, ',') AS l FROM shop.users

-- == a json path
-- 1:8-1:39 The function JSON_EXTRACT_SCALAR is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: let the pipeline put the value into a column of its own or into a map, and read that: props['key']
SELECT json_extract_scalar(name, '$.a') AS v FROM shop.events

-- == ifnull
-- 1:8-1:23 The function IFNULL is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: COALESCE(value, other)
SELECT ifnull(name, '') AS n FROM shop.users

-- == a double in a subquery
-- 1:40-1:78 IN of double with a subquery of double is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT event_id FROM shop.events WHERE score IN (SELECT score FROM shop.events)

-- == a text column as a date
-- 1:8-1:38 A cast from string to date of anything but a literal such as '2024-01-31' is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: let the pipeline write a column of the type date
SELECT TRY_CAST(props['path'] AS DATE) AS d FROM shop.events

-- == a month as a date
-- 1:8-1:30 A cast from string to date of anything but a literal such as '2024-01-31' is not supported: it is not proven to give the same rows on Spark and on Trino
-- suggestion: let the pipeline write a column of the type date
SELECT CAST('2024-01' AS DATE) AS d

-- == a double in a list
-- 1:31-1:54 CONTAINS of list<double>, double is not supported: it is not proven to give the same rows on Spark and on Trino
SELECT id FROM shop.odd WHERE contains(weights, 1.5E0)
