/** The truststore of query clusters, made by Java's own tool as in their pods. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { javaHome } from "../../local/images/artifacts.ts";
import { renderTrustScript } from "../../src/controllers/query-cluster/plan/trust.ts";
import { makeCertificate } from "../support/certificates.ts";

it("holds the system's authorities and every one of the platform's", async () => {
  const folder = await mkdtemp(join(tmpdir(), "openclickstream-trust-"));
  try {
    const java = await javaHome({ minimum: 17, maximum: 99 });
    const certificates = await Promise.all(
      ["one", "two", "three"].map(async (name) =>
        readFile((await makeCertificate(folder, name)).certificateFile),
      ),
    );
    const [one = "", two = "", three = ""] = certificates;
    const [bundle, single, store] = ["bundle.pem", "single.pem", "store"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await writeFile(bundle, `# a bundle\n${one.toString()}text between\n${two.toString()}`);
    await writeFile(single, three.toString().trimEnd());
    // Once more as after a restart of the pod's container, whose volume stays.
    for (let nth = 0; nth < 2; nth += 1) {
      await promisify(execFile)("bash", ["-c", renderTrustScript([bundle, single], store)], {
        env: { ...process.env, JAVA_HOME: java },
      });
    }
    const entries = async (file: string): Promise<number> => {
      const args = ["-list", "-keystore", file, "-storepass", "changeit"];
      const { stdout } = await promisify(execFile)(join(java, "bin/keytool"), args, { maxBuffer: 2 ** 24 });
      return stdout.match(/trustedCertEntry/g)?.length ?? 0;
    };
    expect(await entries(store)).toBe((await entries(join(java, "lib/security/cacerts"))) + 3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
