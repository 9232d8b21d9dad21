/** A table of HBase on the local cluster: made from the example, brought in line, and not dropped before a person confirms it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkoutFolder } from "../../local/support/checkout.ts";
import type { Environment } from "./environment.ts";

const example = join(checkoutFolder, "manifests", "examples", "serving-tables", "profiles.yaml");
const hbase = { bootstrapServers: ["hbase.engines.svc.cluster.local:16000"] };

/** Defines the steps. `journey` is called when they run. */
export function servingTableSteps(journey: () => { readonly environment: Environment }): void {
  describe("a table of HBase", () => {
    it("becomes Ready with its regions and families", async () => {
      const { environment } = journey();
      await environment.patch("dataplatform/local", { spec: { hbase } });
      await environment.waitForCondition("dataplatform/local", "HBaseReady", "True");
      const applied = await environment.tryKubectl(["apply", "-f", "-"], await readFile(example, "utf8"));
      expect(applied.exitCode, applied.tail).toBe(0);
      await environment.waitForCondition("servingtable/profiles", "Ready", "True");
      expect(await environment.field("servingtable/profiles", ".status.regions")).toBe("4");
      expect(await environment.field("servingtable/profiles", ".status.durability")).toBe("FSYNC_WAL");
    });

    it("is changed while it is used, and goes with its resource when it holds nothing", async () => {
      const { environment } = journey();
      const families = [{ name: "p", versions: 9, ttl: "90d", compression: "GZ" }];
      await environment.patch("servingtable/profiles", { spec: { families, deletionPolicy: "Delete" } });
      await environment.waitForCondition("servingtable/profiles", "Ready", "True");
      expect(await environment.field("servingtable/profiles", ".status.families[0].versions")).toBe("9");
      await environment.kubectl("delete", "servingtable/profiles", "--timeout=300s");
      await environment.patch("dataplatform/local", { spec: { hbase: null } });
      await environment.waitForCondition("dataplatform/local", "Ready", "True");
    });
  });
}
