/** Where the local cluster keeps its things, and the names and addresses that its parts share. */
import { fileURLToPath } from "node:url";
import { join } from "node:path";

/**
 * Everything of a running cluster is reached below this folder. The state of the checkout is mounted at `state`, so
 * the paths that daemons remember stay short (sockets allow 107 characters) and stay true when the checkout moves.
 */
export const runFolder = "/run/open-clickstream";

/** The paths as daemons see them. */
export const running = {
  state: `${runFolder}/state`,
  parts: `${runFolder}/parts`,
  owner: `${runFolder}/owner.json`,
  kernelSettings: `${runFolder}/kernel-settings.json`,
  containerdSocket: `${runFolder}/containerd.sock`,
  containerdState: `${runFolder}/containerd`,
  runc: `${runFolder}/runc`,
  etcdSocket: `${runFolder}/etcd.sock`,
  addresses: `${runFolder}/addresses`,
  etcd: `${runFolder}/state/etcd`,
  containerd: `${runFolder}/state/containerd`,
  kubelet: `${runFolder}/state/kubelet`,
  podLogs: `${runFolder}/state/pod-logs`,
  volumes: `${runFolder}/state/volumes`,
  logs: `${runFolder}/state/logs`,
  certificates: `${runFolder}/state/certificates`,
  config: `${runFolder}/state/config`,
  cni: `${runFolder}/state/config/cni`,
} as const;

export const network = {
  bridge: "ocs0",
  /** The node's address and the pods' gateway: it belongs to the bridge, so it is there with or without a network. */
  nodeAddress: "10.244.0.1",
  podRange: "10.244.0.0/24",
  serviceRange: "10.96.0.0/16",
  apiServiceAddress: "10.96.0.1",
  dnsAddress: "10.96.0.10",
  domain: "cluster.local",
  /** Our own chain of iptables, in the tables nat and filter. */
  chain: "OPEN-CLICKSTREAM",
} as const;

export const nodeName = "local";
export const controlGroups = {
  /** Parent of the groups of all pods; it distinguishes our pods' processes from all others. */
  pods: "open-clickstream",
  /** For the parts, which else would stay in the group of the terminal that started them and could end with it. */
  parts: "open-clickstream-parts",
} as const;

/** The paths of one checkout. */
export interface Layout {
  readonly checkout: string;
  /** What outlives a stop: etcd's data, images, volumes, certificates, logs. */
  readonly state: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly apiPort: number;
}

/** The layout of a checkout; by default of the one that this file is in. The port comes from OPEN_CLICKSTREAM_API_PORT. */
export function layoutOf(checkout: string = fileURLToPath(new URL("../..", import.meta.url))): Layout {
  const root = checkout.replace(/\/+$/, "");
  return {
    checkout: root,
    state: join(root, ".local/cluster"),
    kubeconfig: join(root, ".local/kubeconfig"),
    kubectl: join(root, ".local/bin/kubectl"),
    apiPort: readPort(process.env["OPEN_CLICKSTREAM_API_PORT"] ?? "6443"),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`OPEN_CLICKSTREAM_API_PORT must be a port number, not "${text}"`);
}
