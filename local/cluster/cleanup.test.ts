import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mountsWithin, planRuleRemoval, roleOf, type ProcessRole } from "./cleanup.ts";

const outside = "4:memory:/\n0::/init.scope\n";

function roleOfCommand(command: string, controlGroups = outside): ProcessRole | undefined {
  return roleOf({ pid: 1, arguments: command.split(" "), controlGroups });
}

describe("roleOf", () => {
  const ours: readonly (readonly [string, ProcessRole])[] = [
    ["/cache/kubelet --config=/run/open-clickstream/state/config/kubelet.json", "kubelet"],
    ["/cache/etcd --data-dir=/run/open-clickstream/state/etcd", "etcd"],
    ["/cache/kube-proxy --config=/run/open-clickstream/state/config/kube-proxy.json", "client"],
    ["/usr/bin/containerd --config=/run/open-clickstream/state/config/containerd.toml", "containerd"],
    [
      "/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -address /run/open-clickstream/containerd.sock",
      "shim",
    ],
  ];
  it.each(ours)("knows %s", (command, role) => {
    expect(roleOfCommand(command)).toBe(role);
  });

  it("takes every process in our control group for one of a pod, whatever its name", () => {
    const version1 = "4:memory:/open-clickstream/kubepods/burstable/pod1/abc\n0::/\n";
    const version2 = "0::/open-clickstream/kubepods/pod1/abc\n";
    expect(roleOfCommand("/usr/bin/java -jar x.jar", version1)).toBe("pod");
    expect(roleOfCommand("etcd", version2)).toBe("pod");
  });

  const foreign = [
    "/usr/bin/containerd",
    "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml",
    "/tmp/etcd --data-dir=/tmp/test/etcd",
    "tail -f /run/open-clickstream/state/logs/kubelet.log",
    "vim /run/open-clickstream/state/config/kubelet.json",
    "",
  ];
  it.each(foreign)("leaves alone: %s", (command) => {
    expect(roleOfCommand(command)).toBeUndefined();
  });

  it("leaves alone a process in a control group whose name only begins like ours", () => {
    expect(roleOfCommand("sleep 1", "0::/open-clickstream-other/x\n")).toBeUndefined();
  });
});

describe("mountsWithin", () => {
  const mountInfo = [
    "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "30 22 254:0 /home/me/checkout/.local/cluster /run/open-clickstream/state rw shared:1 - ext4 /dev/vda rw",
    "31 30 0:40 / /run/open-clickstream/state/kubelet/pods/1/volumes/a\\040b rw - tmpfs tmpfs rw",
    "32 22 0:41 / /run/open-clickstream-other/x rw - tmpfs tmpfs rw",
    "33 22 0:42 / /run/containerd/x rw - tmpfs tmpfs rw",
    "",
  ].join("\n");

  it("lists the folder itself when it is one", () => {
    expect(mountsWithin("/run/open-clickstream/state", mountInfo)).toContain("/run/open-clickstream/state");
  });

  it("lists ours alone, the innermost first, with blanks in their names", () => {
    expect(mountsWithin("/run/open-clickstream", mountInfo)).toEqual([
      "/run/open-clickstream/state/kubelet/pods/1/volumes/a b",
      "/run/open-clickstream/state",
    ]);
  });
});

describe("planRuleRemoval", () => {
  const saved = readFileSync(new URL("testdata/iptables-save.input.txt", import.meta.url), "utf8");

  it("removes our chains and what leads there, and keeps the rules of others", async () => {
    await expect(planRuleRemoval(saved)).toMatchFileSnapshot("testdata/iptables-save.golden.txt");
  });

  it("names every chain of ours once, and none of the others", () => {
    const plan = planRuleRemoval(saved) ?? "";
    expect(plan).not.toMatch(/^(:|-X )(DOCKER|MY-OWN)/m);
    const removed = [...plan.matchAll(/^-X (\S+)$/gm)].map((match) => match[1]);
    const chains = [...saved.matchAll(/^:((?:KUBE|CNI|OPEN-CLICKSTREAM)\S*)/gm)].map((match) => match[1]);
    expect(removed).toEqual(chains);
  });

  it("has nothing to do when no rule is ours", () => {
    expect(
      planRuleRemoval("*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -j DOCKER\nCOMMIT\n"),
    ).toBe(undefined);
    expect(planRuleRemoval("")).toBeUndefined();
  });
});
