import { describe, expect, it } from "vitest";
import { renderPartKubeconfig } from "./certificates.ts";
import * as controlPlane from "./control-plane.ts";
import { renderForwardingRules, renderGuardRules } from "./kernel.ts";
import { layoutOf, runFolder } from "./layout.ts";
import * as node from "./node.ts";

const context: controlPlane.PartContext = {
  layout: { ...layoutOf("/checkout"), apiPort: 6443 },
  programs: "/programs",
  pauseImage: "localhost/openclickstream/pause:hash",
};

const parts = [
  controlPlane.etcd(context),
  controlPlane.apiServer(context),
  controlPlane.controllerManager(context),
  controlPlane.scheduler(context),
  controlPlane.volumes(context),
  node.containerd(context),
  node.kubelet(context),
  node.kubeProxy(context),
];

const golden = (name: string): string => `testdata/${name}.golden.txt`;
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

describe("the configuration of the parts", () => {
  it.each(parts.map((part) => [part.name, part] as const))("%s: command line", async (name, part) => {
    await expect(`${[part.program, ...part.args].join("\n  ")}\n`).toMatchFileSnapshot(
      golden(`${name}.command`),
    );
  });

  it.each([
    ["containerd.toml", node.renderContainerdConfiguration(context.pauseImage)],
    ["cni", json(node.cniConfiguration)],
    ["kubelet", json(node.kubeletConfiguration)],
    ["kube-proxy", json(node.proxyConfiguration)],
    ["authentication", json(controlPlane.authenticationConfiguration)],
    ["kubeconfig", renderPartKubeconfig("kube-proxy", "https://127.0.0.1:6443")],
    ["forwarding-rules", renderForwardingRules()],
    ["guard-rules", renderGuardRules(6443)],
  ])("%s", async (name, text) => {
    await expect(text).toMatchFileSnapshot(golden(name));
  });

  it("never names the checkout, which may move", () => {
    const texts = parts.flatMap((part) => [...part.args, part.configuration ?? ""]);
    expect(texts.filter((text) => text.includes("/checkout"))).toEqual([]);
  });

  it("names our run folder in the command line of every part, by which it is found when it is left over", () => {
    for (const part of parts) expect(part.args.join(" "), part.name).toContain(`${runFolder}/`);
  });
});

describe("layoutOf", () => {
  it("refuses a port that is none", () => {
    process.env["OPEN_CLICKSTREAM_API_PORT"] = "70000";
    try {
      expect(() => layoutOf("/checkout")).toThrow('must be a port number, not "70000"');
    } finally {
      delete process.env["OPEN_CLICKSTREAM_API_PORT"];
    }
  });
});
