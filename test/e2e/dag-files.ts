/** The DAG files in the environment's bucket, through a client of our own: what a person could do to them. */
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Environment } from "./environment.ts";

const prefix = "airflow/dags/";

export class DagFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  private constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  static async connect(environment: Environment): Promise<DagFiles> {
    const { storage } = await environment.lakeAddress();
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = storage;
    const client = new S3Client({
      ...{ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } },
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    return new DagFiles(client, bucket);
  }

  async read(name: string): Promise<string> {
    const answer = await this.#client.send(new GetObjectCommand(this.#objectOf(name)));
    return (await answer.Body?.transformToString()) ?? "";
  }

  async write(name: string, text: string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ ...this.#objectOf(name), Body: text }));
  }

  async delete(name: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#objectOf(name)));
  }

  close(): void {
    this.#client.destroy();
  }

  #objectOf(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: `${prefix}${name}` };
  }
}
