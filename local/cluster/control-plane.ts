/** The control plane's parts: etcd, API server, controller manager, scheduler, volumes. Pure, except for their readiness. */
import { network, running, type Layout } from "./layout.ts";
import { canConnect, isHealthy, readApi } from "./probes.ts";
import type { Part } from "./process.ts";

export interface PartContext {
  readonly layout: Layout;
  /** Folder with the programs. */
  readonly programs: string;
  /** Name of the image that holds a pod's namespaces. */
  readonly pauseImage: string;
}

const certificate = (name: string): string => `${running.certificates}/${name}`;
const kubeconfig = (part: string): string => `${running.config}/${part}.kubeconfig`;

/** Only the health checks answer a caller without a name. */
export const authenticationConfiguration = {
  apiVersion: "apiserver.config.k8s.io/v1beta1",
  kind: "AuthenticationConfiguration",
  anonymous: { enabled: true, conditions: [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }] },
};

export function etcd({ programs }: PartContext): Part {
  // It listens on sockets only. It wants to announce addresses all the same, at which nobody ever calls.
  const announced = "http://127.0.0.1:2380";
  return {
    name: "etcd",
    program: `${programs}/etcd`,
    args: [
      "--name=local",
      `--data-dir=${running.etcd}`,
      `--listen-client-urls=unix://${running.etcdSocket}`,
      `--advertise-client-urls=${announced}`,
      `--listen-peer-urls=unix://${running.etcdSocket}.peers`,
      `--initial-advertise-peer-urls=${announced}`,
      `--initial-cluster=local=${announced}`,
      // Data of a local cluster need not survive a power cut; a start is several seconds faster on a slow disk.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    isReady: async () => canConnect(running.etcdSocket),
    timeoutSeconds: 30,
  };
}

export function apiServer({ programs, layout }: PartContext): Part {
  return {
    name: "kube-apiserver",
    program: `${programs}/kube-apiserver`,
    args: [
      // All addresses, for this machine's kubectl on loopback and the pods; a rule of iptables shuts out other machines.
      "--bind-address=0.0.0.0",
      `--advertise-address=${network.nodeAddress}`,
      `--secure-port=${layout.apiPort}`,
      `--etcd-servers=unix://${running.etcdSocket}`,
      `--service-cluster-ip-range=${network.serviceRange}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      `--authentication-config=${running.config}/authentication.json`,
      `--client-ca-file=${certificate("ca.crt")}`,
      `--tls-cert-file=${certificate("kube-apiserver.crt")}`,
      `--tls-private-key-file=${certificate("kube-apiserver.key")}`,
      `--kubelet-certificate-authority=${certificate("ca.crt")}`,
      `--kubelet-client-certificate=${certificate("kube-apiserver-kubelet-client.crt")}`,
      `--kubelet-client-key=${certificate("kube-apiserver-kubelet-client.key")}`,
      "--kubelet-preferred-address-types=InternalIP",
      `--requestheader-client-ca-file=${certificate("ca.crt")}`,
      "--requestheader-allowed-names=front-proxy-client",
      "--requestheader-username-headers=X-Remote-User",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      `--proxy-client-cert-file=${certificate("front-proxy-client.crt")}`,
      `--proxy-client-key-file=${certificate("front-proxy-client.key")}`,
      `--service-account-issuer=https://kubernetes.default.svc.${network.domain}`,
      `--service-account-key-file=${certificate("service-accounts.pub")}`,
      `--service-account-signing-key-file=${certificate("service-accounts.key")}`,
      "--allow-privileged=true",
      "--profiling=false",
    ],
    configuration: JSON.stringify(authenticationConfiguration),
    isReady: async () => (await readApi(layout, "/readyz")) === "ok",
    timeoutSeconds: 90,
  };
}

export function controllerManager({ programs }: PartContext): Part {
  return {
    name: "kube-controller-manager",
    program: `${programs}/kube-controller-manager`,
    args: [
      ...clientArguments("kube-controller-manager"),
      "--use-service-account-credentials",
      `--service-account-private-key-file=${certificate("service-accounts.key")}`,
      `--root-ca-file=${certificate("ca.crt")}`,
      `--cluster-signing-cert-file=${certificate("ca.crt")}`,
      `--cluster-signing-key-file=${certificate("ca.key")}`,
      "--kube-api-qps=100",
      "--kube-api-burst=200",
    ],
    isReady: async () => isHealthy("https://127.0.0.1:10257/healthz"),
    timeoutSeconds: 60,
  };
}

export function scheduler({ programs }: PartContext): Part {
  return {
    name: "kube-scheduler",
    program: `${programs}/kube-scheduler`,
    args: clientArguments("kube-scheduler"),
    isReady: async () => isHealthy("https://127.0.0.1:10259/healthz"),
    timeoutSeconds: 60,
  };
}

/** Makes and removes the folders behind persistent volumes. */
export function volumes({ programs }: PartContext): Part {
  return {
    name: "local-volumes",
    program: `${programs}/local-volumes`,
    args: [`--kubeconfig=${kubeconfig("local-volumes")}`, `--directory=${running.volumes}`],
    isReady: async () => true, // nothing depends on its start: it serves the claims that it finds
    timeoutSeconds: 10,
  };
}

function clientArguments(name: string): string[] {
  return [
    `--kubeconfig=${kubeconfig(name)}`,
    `--authentication-kubeconfig=${kubeconfig(name)}`,
    `--authorization-kubeconfig=${kubeconfig(name)}`,
    `--client-ca-file=${certificate("ca.crt")}`,
    "--bind-address=127.0.0.1",
    "--leader-elect=false",
    "--profiling=false",
  ];
}
