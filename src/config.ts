/** The operator's settings, read from the environment once. Nothing else reads `process.env`. */
import { hostname } from "node:os";
import * as z from "zod";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

const environment = z.object({
  /** Prefix of the images that are not named one by one. */
  IMAGE_PREFIX: z.string().min(1).default("docker.io/openclickstream"),
  /** Tag of the images that are not named one by one. */
  IMAGE_TAG: z.string().min(1).default("0.1.0"),
  COLLECTOR_IMAGE: z.string().min(1).optional(),
  SPARK_IMAGE: z.string().min(1).optional(),
  TRINO_IMAGE: z.string().min(1).optional(),
  FLIGHT_GATEWAY_IMAGE: z.string().min(1).optional(),
  PROFILE_API_IMAGE: z.string().min(1).optional(),
  RESYNC_SECONDS: wholeNumber(5, 86_400).default(120),
  LOG_LEVEL: z.enum(LOG_LEVELS).default("info"),
  /** Base address of the SQL planner; default its Service in the operator's namespace. */
  SQL_PLANNER_URL: z.url().optional(),
  /** Base address of the administration of HBase; default its Service in the operator's namespace. */
  HBASE_ADMIN_URL: z.url().optional(),
  HTTP_PORT: wholeNumber(0, 65_535).default(8080),
  POD_NAME: z.string().min(1).optional(),
  POD_NAMESPACE: z.string().min(1).default("openclickstream-system"),
  LEADER_ELECTION: flag.default(true),
  /** Comma-separated. */
  WATCH_NAMESPACES: z.string().default(""),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 600).default(20),
});

/** The settings, with all defaults resolved. */
export interface OperatorConfig {
  /** Full references of the images that controllers put into workloads. */
  readonly images: {
    readonly collector: string;
    readonly spark: string;
    readonly trino: string;
    readonly flightGateway: string;
    readonly profileApi: string;
  };
  /** Base address of the SQL planner. */
  readonly sqlPlannerUrl: string;
  /** Base address of the administration of HBase. */
  readonly hbaseAdminUrl: string;
  readonly resyncSeconds: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Port of /healthz, /readyz and /metrics. */
  readonly httpPort: number;
  readonly podName: string;
  readonly podNamespace: string;
  readonly leaderElection: boolean;
  /** Empty = all. */
  readonly watchNamespaces: readonly string[];
  /** Time for the running passes when the process is asked to stop. */
  readonly shutdownGraceSeconds: number;
}

/** A setting that cannot be used. The message names every one of them. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`the environment is not usable: ${problems.join("; ")}`);
    this.name = "ConfigError";
  }
}

/** Parses the environment; an empty variable counts as absent. Throws `ConfigError`. */
export function parseConfig(variables: Readonly<Record<string, string | undefined>>): OperatorConfig {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
  }
  const settings = parsed.data;
  const image = (name: string): string => `${settings.IMAGE_PREFIX}/${name}:${settings.IMAGE_TAG}`;
  return {
    images: {
      collector: settings.COLLECTOR_IMAGE ?? image("collector"),
      spark: settings.SPARK_IMAGE ?? image("spark"),
      trino: settings.TRINO_IMAGE ?? image("trino"),
      flightGateway: settings.FLIGHT_GATEWAY_IMAGE ?? image("flight-gateway"),
      profileApi: settings.PROFILE_API_IMAGE ?? image("profile-api"),
    },
    sqlPlannerUrl:
      settings.SQL_PLANNER_URL ?? `http://open-clickstream-sql-planner.${settings.POD_NAMESPACE}.svc:8080`,
    hbaseAdminUrl:
      settings.HBASE_ADMIN_URL ?? `http://open-clickstream-hbase-admin.${settings.POD_NAMESPACE}.svc:8080`,
    resyncSeconds: settings.RESYNC_SECONDS,
    logLevel: settings.LOG_LEVEL,
    httpPort: settings.HTTP_PORT,
    podName: settings.POD_NAME ?? hostname(),
    podNamespace: settings.POD_NAMESPACE,
    leaderElection: settings.LEADER_ELECTION,
    watchNamespaces: namespacesOf(settings.WATCH_NAMESPACES),
    shutdownGraceSeconds: settings.SHUTDOWN_GRACE_SECONDS,
  };
}

function namespacesOf(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}
