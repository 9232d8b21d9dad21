/** The cluster's certificate authority, certificates and kubeconfigs, made with openssl and kept until their plan changes. */
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mustRun } from "../support/command.ts";
import { hashOf } from "../support/cache.ts";
import { network, nodeName, running, type Layout } from "./layout.ts";

interface Certificate {
  readonly file: string;
  /** As openssl takes it: /O=group/CN=user. */
  readonly subject: string;
  readonly usage: "clientAuth" | "serverAuth";
  readonly alternativeNames?: readonly string[];
}

const apiServerNames = [
  "DNS:localhost",
  "DNS:kubernetes",
  "DNS:kubernetes.default",
  "DNS:kubernetes.default.svc",
  `DNS:kubernetes.default.svc.${network.domain}`,
  "IP:127.0.0.1",
  `IP:${network.nodeAddress}`,
  `IP:${network.apiServiceAddress}`,
];

const certificates: readonly Certificate[] = [
  {
    file: "kube-apiserver",
    subject: "/CN=kube-apiserver",
    usage: "serverAuth",
    alternativeNames: apiServerNames,
  },
  {
    file: "kubelet-server",
    subject: `/O=system:nodes/CN=system:node:${nodeName}`,
    usage: "serverAuth",
    alternativeNames: [`DNS:${nodeName}`, `IP:${network.nodeAddress}`],
  },
  // What the API server may do on the kubelet is a ClusterRole that every cluster has.
  {
    file: "kube-apiserver-kubelet-client",
    subject: "/CN=kube-apiserver-kubelet-client",
    usage: "clientAuth",
  },
  // The API server, when it passes a request on to an API that is served by a pod.
  { file: "front-proxy-client", subject: "/CN=front-proxy-client", usage: "clientAuth" },
  { file: "admin", subject: "/O=system:masters/CN=admin", usage: "clientAuth" },
  { file: "kube-controller-manager", subject: "/CN=system:kube-controller-manager", usage: "clientAuth" },
  { file: "kube-scheduler", subject: "/CN=system:kube-scheduler", usage: "clientAuth" },
  { file: "kube-proxy", subject: "/CN=system:kube-proxy", usage: "clientAuth" },
  { file: "local-volumes", subject: "/CN=local-volumes", usage: "clientAuth" },
  { file: "kubelet", subject: `/O=system:nodes/CN=system:node:${nodeName}`, usage: "clientAuth" },
];

const clients = ["kube-controller-manager", "kube-scheduler", "kube-proxy", "local-volumes", "kubelet"];

/** Without it openssl takes its system configuration, which makes every certificate an authority. */
const opensslConfiguration = "[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = unused\n";
const validDays = "3650";
const expiryMarginSeconds = String(30 * 24 * 3600);

/** Makes certificates and keys unless those of the same plan are there, and writes every kubeconfig. */
export async function writeCredentials(layout: Layout): Promise<void> {
  const folder = join(layout.state, "certificates");
  if (!(await hasCurrentCertificates(layout))) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await makeCertificates(folder);
    await writeFile(join(folder, "plan"), certificatePlan);
  }
  const server = `https://127.0.0.1:${layout.apiPort}`;
  await mkdir(join(layout.state, "config"), { recursive: true });
  for (const client of clients) {
    await writePrivate(
      join(layout.state, "config", `${client}.kubeconfig`),
      renderPartKubeconfig(client, server),
    );
  }
  await mkdir(dirname(layout.kubeconfig), { recursive: true });
  await writePrivate(layout.kubeconfig, await renderAdminKubeconfig(folder, server));
}

const certificatePlan = hashOf({ certificates: JSON.stringify(certificates), validDays });

/** Whether the checkout's certificates are those that its parts should have, and will be for a month. */
export async function hasCurrentCertificates(layout: Layout): Promise<boolean> {
  const folder = join(layout.state, "certificates");
  const planFile = join(folder, "plan");
  if (!existsSync(planFile) || (await readFile(planFile, "utf8")) !== certificatePlan) return false;
  try {
    await mustRun("openssl", [
      "x509",
      "-checkend",
      expiryMarginSeconds,
      "-noout",
      "-in",
      join(folder, "ca.crt"),
    ]);
    return true;
  } catch {
    return false;
  }
}

async function makeCertificates(folder: string): Promise<void> {
  const configuration = join(folder, "openssl.cnf");
  await writeFile(configuration, opensslConfiguration);
  const common = ["req", "-config", configuration, "-x509", "-nodes", "-days", validDays, "-sha256"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const output = (name: string): string[] => [
    "-keyout",
    join(folder, `${name}.key`),
    "-out",
    join(folder, `${name}.crt`),
  ];
  await mustRun("openssl", [
    ...[...common, ...key, ...output("ca"), "-subj", "/CN=open-clickstream-local"],
    ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  ]);
  const authority = ["-CA", join(folder, "ca.crt"), "-CAkey", join(folder, "ca.key")];
  await Promise.all(
    certificates.map(async (certificate) =>
      mustRun("openssl", [
        ...[...common, ...key, ...authority, ...output(certificate.file), "-subj", certificate.subject],
        ...extensionsOf(certificate).flatMap((extension) => ["-addext", extension]),
      ]),
    ),
  );
  const serviceAccounts = join(folder, "service-accounts.key");
  await mustRun("openssl", [
    "genpkey",
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-out",
    serviceAccounts,
  ]);
  const publicKey = join(folder, "service-accounts.pub");
  await mustRun("openssl", ["pkey", "-in", serviceAccounts, "-pubout", "-out", publicKey]);
  for (const name of ["ca", "service-accounts", ...certificates.map((certificate) => certificate.file)]) {
    await chmod(join(folder, `${name}.key`), 0o600);
  }
}

function extensionsOf(certificate: Certificate): string[] {
  const names = certificate.alternativeNames ?? [];
  return [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature,keyEncipherment",
    `extendedKeyUsage=${certificate.usage}`,
    ...(names.length === 0 ? [] : [`subjectAltName=${names.join(",")}`]),
  ];
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}

/** The kubeconfig of one of the cluster's own parts: it names the certificate files. */
export function renderPartKubeconfig(client: string, server: string): string {
  const file = (name: string): string => `${running.certificates}/${name}`;
  return renderKubeconfig(
    { server, "certificate-authority": file("ca.crt") },
    { "client-certificate": file(`${client}.crt`), "client-key": file(`${client}.key`) },
  );
}

/** The administrator's kubeconfig: it holds everything, so it can be copied away. */
async function renderAdminKubeconfig(folder: string, server: string): Promise<string> {
  const data = async (name: string): Promise<string> =>
    (await readFile(join(folder, name))).toString("base64");
  return renderKubeconfig(
    { server, "certificate-authority-data": await data("ca.crt") },
    { "client-certificate-data": await data("admin.crt"), "client-key-data": await data("admin.key") },
  );
}

function renderKubeconfig(
  cluster: Readonly<Record<string, string>>,
  user: Readonly<Record<string, string>>,
): string {
  const name = "open-clickstream";
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": name,
      clusters: [{ name, cluster }],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    },
    null,
    2,
  )}\n`;
}
