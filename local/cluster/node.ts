/** The node's parts: containerd, kubelet, kube-proxy, and the configuration that each is started with. */
import { mustRun } from "../support/command.ts";
import type { PartContext } from "./control-plane.ts";
import { controlGroups, network, nodeName, running } from "./layout.ts";
import { canConnect, isHealthy } from "./probes.ts";
import type { Part } from "./process.ts";

const certificate = (name: string): string => `${running.certificates}/${name}`;

/** containerd's configuration. Its sockets and folders are our own, so a containerd of the distribution is not touched. */
export function renderContainerdConfiguration(pauseImage: string): string {
  return `version = 2
root = "${running.containerd}"
state = "${running.containerdState}"
# Left out: snapshotters that are not used, and a plugin that makes a folder in /opt.
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = "${running.containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Without CAP_SYS_RESOURCE no process may lower its OOM score, and every sandbox would fail.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "${running.runc}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${running.cni}"
`;
}

export const cniConfiguration = {
  cniVersion: "1.0.0",
  name: "open-clickstream",
  plugins: [
    {
      type: "bridge",
      bridge: network.bridge,
      isGateway: true,
      hairpinMode: true, // a pod reaches itself through its own Service
      ipam: {
        type: "host-local",
        dataDir: running.addresses,
        ranges: [[{ subnet: network.podRange, gateway: network.nodeAddress }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

export const kubeletConfiguration = {
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  address: network.nodeAddress,
  healthzBindAddress: "127.0.0.1",
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: certificate("ca.crt") },
  },
  authorization: { mode: "Webhook" },
  tlsCertFile: certificate("kubelet-server.crt"),
  tlsPrivateKeyFile: certificate("kubelet-server.key"),
  containerRuntimeEndpoint: `unix://${running.containerdSocket}`,
  clusterDNS: [network.dnsAddress],
  clusterDomain: network.domain,
  resolvConf: `${running.config}/resolv.conf`,
  podLogsDir: running.podLogs,
  volumePluginDir: `${running.kubelet}/volume-plugins`,
  maxPods: 110,
  cgroupDriver: "cgroupfs",
  cgroupRoot: `/${controlGroups.pods}`,
  failCgroupV1: false,
  failSwapOn: false,
  oomScoreAdj: 0,
  enforceNodeAllocatable: [],
  // A full disk of a workstation is no reason to throw pods and images away: what goes is its owner's decision.
  evictionHard: {
    "memory.available": "100Mi",
    "nodefs.available": "0%",
    "nodefs.inodesFree": "0%",
    "imagefs.available": "0%",
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
};

export const proxyConfiguration = {
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  mode: "iptables",
  hostnameOverride: nodeName,
  bindAddress: network.nodeAddress,
  clusterCIDR: network.podRange,
  clientConnection: { kubeconfig: `${running.config}/kube-proxy.kubeconfig` },
  healthzBindAddress: "127.0.0.1:10256",
  metricsBindAddress: "127.0.0.1:10249",
  nodePortAddresses: ["primary"],
  iptables: { localhostNodePorts: false, minSyncPeriod: "100ms", syncPeriod: "30s" },
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" }, // leave the kernel's
  oomScoreAdj: 0,
};

export function containerd({ pauseImage }: PartContext): Part {
  return {
    name: "containerd",
    program: "/usr/bin/containerd",
    args: [`--config=${running.config}/containerd.toml`],
    configuration: renderContainerdConfiguration(pauseImage),
    isReady: async () => (await canConnect(running.containerdSocket)) && (await isServing()),
    timeoutSeconds: 60,
  };
}

async function isServing(): Promise<boolean> {
  await mustRun("ctr", ["--address", running.containerdSocket, "--timeout", "5s", "version"]);
  return true;
}

export function kubelet({ programs }: PartContext): Part {
  return {
    name: "kubelet",
    program: `${programs}/kubelet`,
    args: [
      `--config=${running.config}/kubelet.json`,
      `--kubeconfig=${running.config}/kubelet.kubeconfig`,
      `--root-dir=${running.kubelet}`,
      `--cert-dir=${running.certificates}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${network.nodeAddress}`,
    ],
    configuration: JSON.stringify([kubeletConfiguration, cniConfiguration]),
    isReady: async () => isHealthy("http://127.0.0.1:10248/healthz"),
    timeoutSeconds: 60,
  };
}

export function kubeProxy({ programs }: PartContext): Part {
  return {
    name: "kube-proxy",
    program: `${programs}/kube-proxy`,
    args: [`--config=${running.config}/kube-proxy.json`],
    configuration: JSON.stringify(proxyConfiguration),
    isReady: async () => isHealthy("http://127.0.0.1:10256/healthz"),
    timeoutSeconds: 60,
  };
}
