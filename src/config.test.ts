import { describe, expect, it } from "vitest";
import { ConfigError, parseConfig } from "./config.ts";

describe("parseConfig", () => {
  it("resolves every default from an empty environment", () => {
    expect(parseConfig({ POD_NAME: "operator-1" })).toEqual({
      images: {
        collector: "docker.io/openclickstream/collector:0.1.0",
        spark: "docker.io/openclickstream/spark:0.1.0",
        trino: "docker.io/openclickstream/trino:0.1.0",
        flightGateway: "docker.io/openclickstream/flight-gateway:0.1.0",
        profileApi: "docker.io/openclickstream/profile-api:0.1.0",
      },
      sqlPlannerUrl: "http://open-clickstream-sql-planner.openclickstream-system.svc:8080",
      hbaseAdminUrl: "http://open-clickstream-hbase-admin.openclickstream-system.svc:8080",
      resyncSeconds: 120,
      logLevel: "info",
      httpPort: 8080,
      podName: "operator-1",
      podNamespace: "openclickstream-system",
      leaderElection: true,
      watchNamespaces: [],
      shutdownGraceSeconds: 20,
    });
  });

  it("takes a whole image reference over prefix and tag", () => {
    const { images } = parseConfig({
      IMAGE_PREFIX: "registry.example/x",
      SPARK_IMAGE: "other/spark@sha256:1",
    });
    expect(images.spark).toBe("other/spark@sha256:1");
    expect(images.trino).toBe("registry.example/x/trino:0.1.0");
  });

  it("asks the SQL planner of the operator's namespace, or the one that is named", () => {
    const { sqlPlannerUrl } = parseConfig({ POD_NAMESPACE: "data" });
    expect(sqlPlannerUrl).toBe("http://open-clickstream-sql-planner.data.svc:8080");
    expect(parseConfig({ SQL_PLANNER_URL: "http://planner:1" }).sqlPlannerUrl).toBe("http://planner:1");
  });

  it("splits the namespaces and drops blanks and repeats", () => {
    expect(parseConfig({ WATCH_NAMESPACES: " a, b,,a " }).watchNamespaces).toEqual(["a", "b"]);
  });

  it("names every bad variable in one message", () => {
    const bad = { RESYNC_SECONDS: "soon", LEADER_ELECTION: "yes", HTTP_PORT: "70000" };
    expect(() => parseConfig(bad)).toThrow(ConfigError);
    expect(() => parseConfig(bad)).toThrow(/RESYNC_SECONDS: .*; HTTP_PORT: .*; LEADER_ELECTION: /);
  });

  it("takes an empty variable for an absent one", () => {
    expect(parseConfig({ RESYNC_SECONDS: "", COLLECTOR_IMAGE: "" }).resyncSeconds).toBe(120);
  });
});
