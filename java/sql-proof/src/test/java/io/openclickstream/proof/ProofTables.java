package io.openclickstream.proof;

import java.util.List;

/** The rows that the corpus runs on: few, and each with something that engines may see in different ways. */
final class ProofTables {
    static final List<String> NAMES = List.of("events", "users", "orders");

    /** Spark's statements; the session's zone is UTC while they run. */
    static final List<String> STATEMENTS = List.of(
        "CREATE NAMESPACE IF NOT EXISTS lake.shop",
        "DROP TABLE IF EXISTS lake.shop.events",
        "DROP TABLE IF EXISTS lake.shop.users",
        "DROP TABLE IF EXISTS lake.shop.orders",
        """
        CREATE TABLE lake.shop.events (event_id BIGINT NOT NULL, user_id BIGINT, event_time TIMESTAMP, local_time TIMESTAMP_NTZ, day DATE,
          name STRING, is_bot BOOLEAN, amount DECIMAL(12,2), score DOUBLE,
          geo STRUCT<country: STRING, city: STRING, loc: STRUCT<lat: DOUBLE, lon: DOUBLE>>,
          items ARRAY<STRUCT<sku: STRING, qty: INT, price: DECIMAL(10,2)>>, tags ARRAY<STRING>, props MAP<STRING, STRING>) USING iceberg
        """,
        "CREATE TABLE lake.shop.users (user_id BIGINT NOT NULL, name STRING, country STRING, signed_up TIMESTAMP, plan STRING) USING iceberg",
        """
        CREATE TABLE lake.shop.orders (order_id BIGINT NOT NULL, user_id BIGINT, ordered_at TIMESTAMP, total DECIMAL(12,2), status STRING, lines INT)
        USING iceberg
        """,
        """
        INSERT INTO lake.shop.users VALUES
          (1, 'Anna', 'DE', TIMESTAMP '2023-05-01 10:00:00.000001', 'free'),
          (2, 'Ünal', 'FR', TIMESTAMP '2024-01-01 00:00:00', 'paid'),
          (3, NULL, NULL, NULL, NULL),
          (4, 'Zoë', 'DE', TIMESTAMP '2024-06-30 23:59:59.999999', 'free')
        """,
        """
        INSERT INTO lake.shop.orders VALUES
          (101, 1, TIMESTAMP '2024-02-01 00:00:00', 10.00, 'paid', -3),
          (102, 1, TIMESTAMP '2024-03-31 01:30:00.5', 99.99, 'open', 5),
          (103, 2, TIMESTAMP '2024-10-27 00:45:00', 0.01, 'paid', 2),
          (104, NULL, TIMESTAMP '2024-10-27 01:45:00', 55.50, NULL, NULL),
          (105, 77, NULL, NULL, 'paid', 7)
        """,
        """
        INSERT INTO lake.shop.events VALUES
          (1, 1, TIMESTAMP '2024-01-31 23:30:00.123456', TIMESTAMP_NTZ '2024-01-31 23:30:00.654321', DATE '2024-01-31', 'view', false, 10.50, 1.5D,
           named_struct('country', 'DE', 'city', 'Berlin', 'loc', named_struct('lat', 52.5D, 'lon', 13.4D)),
           array(named_struct('sku', 'a', 'qty', 1, 'price', 9.99BD), named_struct('sku', 'b', 'qty', 2, 'price', 5.00BD)),
           array('red', 'blue'), map('utm_source', 'news', 'n', '42', 'path', '/shop/a?x=1')),
          (2, 1, TIMESTAMP '2024-03-31 00:59:59.999999', TIMESTAMP_NTZ '2024-03-31 02:30:15', DATE '2024-03-31', 'buy', false, 99.99, 2.25D,
           named_struct('country', 'DE', 'city', NULL, 'loc', NULL), array(), array(), map()),
          (3, 2, TIMESTAMP '2024-03-31 01:00:00', TIMESTAMP_NTZ '2024-03-31 03:00:00.000001', DATE '2024-03-31', 'view', true, NULL, NULL,
           NULL, NULL, NULL, NULL),
          (4, 2, TIMESTAMP '2024-10-27 00:30:00.1', TIMESTAMP_NTZ '2024-10-27 02:30:00', DATE '2024-10-27', 'buy', false, 250.00, 3.75D,
           named_struct('country', 'FR', 'city', 'Paris', 'loc', named_struct('lat', 48.8D, 'lon', 2.3D)),
           array(named_struct('sku', 'a', 'qty', 3, 'price', 9.99BD)), array('red', NULL), map('n', ' 7 ', 'utm_source', NULL)),
          (5, NULL, TIMESTAMP '2024-10-27 01:30:00.1', TIMESTAMP_NTZ '2024-10-27 02:30:00', DATE '2024-10-27', 'view', false, -1.50, -2.5D,
           named_struct('country', NULL, 'city', 'Nowhere', 'loc', NULL),
           array(NULL, named_struct('sku', 'c', 'qty', NULL, 'price', 1.10BD)), array('green'), map('n', '1.5', 'path', 'a.b.c')),
          (6, 3, TIMESTAMP '2024-12-31 22:59:59.5', TIMESTAMP_NTZ '2024-12-31 23:59:59.5', DATE '2024-12-31', 'it\\'s', false, 0.00, 0.0D,
           NULL, array(), array('red', 'red', 'blue'), map('path', '')),
          (7, 3, TIMESTAMP '2024-12-31 23:00:00', TIMESTAMP_NTZ '2025-01-01 00:00:00', DATE '2025-01-01', '50% off', NULL, 10.50, 3.0D,
           named_struct('country', 'DE', 'city', 'Köln', 'loc', NULL), NULL, array('red'), map('n', '-3', 'path', '//x')),
          (8, 99, TIMESTAMP '2023-12-31 23:59:59.000001', TIMESTAMP_NTZ '2023-12-31 23:59:59.000001', DATE '2023-12-31', NULL, true, 2.25, -0.75D,
           NULL, NULL, NULL, map('n', NULL)),
          (9, 1, TIMESTAMP '2024-02-29 12:00:00', TIMESTAMP_NTZ '2024-02-29 12:00:00', DATE '2024-02-29', ' view', false, 1234567890.12, 100.0D,
           named_struct('country', 'FR', 'city', 'Nice', 'loc', named_struct('lat', NULL, 'lon', -7.25D)),
           array(named_struct('sku', 'b', 'qty', 10, 'price', 0.01BD)), array('x'), map('n', '3000000000', 'utm_source', 'mail')),
          (10, 2, TIMESTAMP '2024-06-15 10:11:12.345678', TIMESTAMP_NTZ '2024-06-15 12:11:12.345678', DATE '2024-06-15', 'back\\\\slash', true, 3.15,
           2.5D, NULL, NULL, array('a_b', 'c'), map('n', 'abc', 'path', '/shop/ü/c'))
        """);

    private ProofTables() {
    }
}
