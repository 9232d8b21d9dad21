package io.openclickstream.planner;

import io.openclickstream.model.PlanRequest;
import io.openclickstream.model.PlannerEndpoints;
import io.openclickstream.service.StatusServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SQL planner as a program: listens until it is stopped, at the port of its pods or at the one that is its argument. */
public final class PlannerMain {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerMain.class);
    private static final int CONNECTIONS = 16;
    private static final int WARM_UPS = 20;
    private static final int REQUEST_SECONDS = 20;
    private static final int RESPONSE_SECONDS = 20;

    private PlannerMain() {
    }

    public static void main(String[] arguments) throws IOException {
        StatusServer.boundExchanges(REQUEST_SECONDS, RESPONSE_SECONDS);
        int port = arguments.length == 0 ? PlannerEndpoints.HTTP_PORT : Integer.parseInt(arguments[0]);
        PlannerService service = new PlannerService(new SqlPlanner(), PlannerService.Limits.DEFAULT);
        StatusServer server =
            StatusServer.start(port, service, CONNECTIONS, Map.of(PlannerEndpoints.PLAN_PATH, service.handler()));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
        service.warmUp(PlannerMain::warmUp);
        LOG.info("Planning queries at port {}", server.port());
    }

    private static void warmUp() {
        SqlPlanner planner = new SqlPlanner();
        PlanRequest.Table table = new PlanRequest.Table("warm", "up", List.of(
            new PlanRequest.Table.Column("at", "timestamptz", true),
            new PlanRequest.Table.Column("id", "string", false),
            new PlanRequest.Table.Column("items", "list<struct<sku:string,price:decimal(10,2)>>", false)));
        String sql = "SELECT floor(u.\"at\" TO DAY) AS d, i.sku AS sku, count(DISTINCT u.id) AS n, sum(i.price) AS s "
            + "FROM warm.up AS u CROSS JOIN UNNEST(u.items) AS i JOIN warm.up AS o ON o.id = u.id WHERE u.id LIKE 'a%' GROUP BY 1, 2";
        PlanRequest request = new PlanRequest(sql, "UTC", new PlanRequest.Catalog(null, null), List.of(table),
            new PlanRequest.Incremental(PlanRequest.Incremental.Mode.Full, List.of(), "at", List.of()));
        for (int round = 0; round < WARM_UPS; round++) {
            SqlPlanner.Answer answer = planner.plan(request);
            if (answer.plan() == null) {
                throw new IllegalStateException("The planner cannot plan its own query: " + answer.errors());
            }
        }
    }
}
