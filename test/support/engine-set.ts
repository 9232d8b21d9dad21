/** Kafka, S3 and the Iceberg catalogs of one test run, started together and stopped together. */
import { join } from "node:path";
import { startIcebergRest, startNessie, startPostgresql } from "./catalog-engines.ts";
import { startKafka, startVersitygw, type BucketAccess, type Engine } from "./engines.ts";
import type { CertificateFiles } from "./certificates.ts";
import { OPERATOR, startSecuredKafka } from "./secured-kafka.ts";
import { startTokenService } from "./token-service.ts";
import { startTlsFront } from "./tls-front.ts";
import { startTrino } from "./trino.ts";

/** Where the engines of a test run are. */
export interface EngineAddresses {
  readonly kafka: {
    /** `127.0.0.1:port`, one entry. */
    readonly bootstrapServers: readonly string[];
  };
  readonly storage: BucketAccess;
  /** `127.0.0.1:port`. */
  readonly postgresql: string;
  readonly catalog: {
    /** Iceberg REST URI, without `/v1`. */
    readonly uri: string;
  };
  /** Folder of this run with the logs of the engines. */
  readonly directory: string;
}

/** Where the Kafka with TLS and SASL is, and a user who may do everything there. */
export interface SecuredKafkaAccess {
  /** `localhost:port`, one entry. */
  readonly bootstrapServers: readonly string[];
  /** File with the certificate authority, PEM. */
  readonly caFile: string;
  readonly username: string;
  readonly password: string;
  /** Its other listener, and the certificate of a client that may do everything there. */
  readonly mutual: CertificateFiles & {
    readonly bootstrapServers: readonly string[];
    readonly caFile: string;
  };
}

/** The object store behind a certificate of a private authority. */
export interface PrivateStorage {
  readonly endpoint: string;
  /** The authority, PEM. */
  readonly caFile: string;
}

/** Where the token service is, and the token that it knows. */
export interface TokenServiceAccess {
  readonly url: string;
  readonly token: string;
}

/** What was started and has to be stopped, also when a later start fails. */
export class RunningEngines {
  readonly #directory: string;
  readonly #report: (message: string) => void;
  readonly #engines: Pick<Engine, "stop">[] = [];

  /** The engines keep their data and logs in the folder. */
  constructor(directory: string, report: (message: string) => void) {
    this.#directory = directory;
    this.#report = report;
  }

  async keep<Started extends Pick<Engine, "stop">>(starting: Promise<Started>): Promise<Started> {
    const started = await starting;
    this.#engines.push(started);
    return started;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#engines.map(async (engine) => engine.stop()));
  }

  /** Starts Kafka, S3, and the catalog on its database. */
  async start(): Promise<EngineAddresses> {
    const directory = join(this.#directory, "kafka");
    const [kafka, lake] = await allStarted(
      this.keep(startKafka({ directory, report: this.#report })),
      this.#startLake(),
    );
    return { kafka: { bootstrapServers: [kafka.address] }, ...lake, directory: this.#directory };
  }

  async startSecuredKafka(): Promise<SecuredKafkaAccess> {
    const secured = await this.keep(startSecuredKafka(join(this.#directory, "secured-kafka")));
    const { caFile, clients } = secured;
    const mutual = { bootstrapServers: [secured.mutualAddress], caFile, ...clients.operator };
    return { bootstrapServers: [secured.address], caFile, ...OPERATOR, mutual };
  }

  /** TLS in front of S3. */
  async startPrivateStorage({ storage }: EngineAddresses): Promise<PrivateStorage> {
    const port = Number(new URL(storage.endpoint).port);
    const { url, caFile } = await this.keep(startTlsFront(join(this.#directory, "private-storage"), port));
    return { endpoint: url, caFile };
  }

  /** Trino over the lake. */
  async startTrino(lake: EngineAddresses): Promise<{ readonly address: string }> {
    const directory = join(this.#directory, "trino");
    const { address } = await this.keep(startTrino({ directory, lake, report: this.#report }));
    return { address };
  }

  /** What gives the keys of S3 to whoever has the token, as a cloud does for its workloads. */
  async startTokenService({ storage }: EngineAddresses): Promise<TokenServiceAccess> {
    const token = "a-workload-token";
    const { url } = await this.keep(startTokenService({ token, ...storage }));
    return { url, token };
  }

  /** A second catalog on the same bucket: one that keeps no history. */
  async startNessie({ storage }: EngineAddresses): Promise<EngineAddresses["catalog"]> {
    const directory = join(this.#directory, "nessie");
    const { uri } = await this.keep(startNessie({ directory, storage, report: this.#report }));
    return { uri };
  }

  async #startLake(): Promise<Pick<EngineAddresses, "storage" | "postgresql" | "catalog">> {
    const report = this.#report;
    const [{ endpoint, region, bucket, accessKeyId, secretAccessKey }, postgresql] = await allStarted(
      this.keep(startVersitygw({ directory: join(this.#directory, "s3"), report })),
      this.keep(startPostgresql({ directory: join(this.#directory, "postgresql"), report })),
    );
    const storage = { endpoint, region, bucket, accessKeyId, secretAccessKey };
    const directory = join(this.#directory, "iceberg-rest");
    const { uri } = await this.keep(
      startIcebergRest({ directory, storage, postgresql: postgresql.address, report }),
    );
    return { storage, postgresql: postgresql.address, catalog: { uri } };
  }
}

/** Waits for both before it fails: a start that is still under way could not be stopped. */
export async function allStarted<Left, Right>(
  left: Promise<Left>,
  right: Promise<Right>,
): Promise<[Left, Right]> {
  const [first, second] = await Promise.allSettled([left, right]);
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return [first.value, second.value];
}
