/** How a platform's Secrets reach a container: by reference, as environment variables and files, never copied. Pure. */
import type { V1EnvVar, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { DataPlatformSpec } from "../crds/kinds.ts";
import type { Component, Reference, SecretFile } from "./references.ts";
import { REFERENCES, referencesOf } from "./references.ts";
import type { SecretKey } from "./secrets.ts";

/** One key of a Secret under the name that the container knows it by. */
export interface SecretVariable extends SecretKey {
  readonly variable: string;
}

/** Where a container finds what it needs for TLS with Kafka; a file is absent where the spec names no Secret for it. */
export interface KafkaFiles {
  readonly authorities: string | undefined;
  readonly clientCertificate: string | undefined;
  readonly clientKey: string | undefined;
}

export function kafkaFiles(spec: DataPlatformSpec): KafkaFiles {
  return {
    authorities: fileOf(REFERENCES.kafkaAuthorities, spec),
    clientCertificate: fileOf(REFERENCES.kafkaClientCertificate, spec),
    clientKey: fileOf(REFERENCES.kafkaClientKey, spec),
  };
}

/** Where a container finds the authorities that object store and catalog need beside those of the system. */
export function lakeAuthorityFiles(spec: DataPlatformSpec): readonly string[] {
  const files = [fileOf(REFERENCES.storageAuthorities, spec), fileOf(REFERENCES.catalogAuthorities, spec)];
  return files.filter((file) => file !== undefined);
}

function fileOf(
  reference: Reference & { readonly file: SecretFile },
  spec: DataPlatformSpec,
): string | undefined {
  return reference.secret(spec) === undefined ? undefined : `${reference.file.folder}/${reference.file.name}`;
}

/** The variables of a container that needs these components. */
export function variablesOf(
  spec: DataPlatformSpec,
  components: readonly Component[],
): readonly SecretVariable[] {
  return referencesOf(spec, components).flatMap(({ variable, ...key }) =>
    variable === undefined ? [] : [{ ...key, variable }],
  );
}

/** As `env` of a container. */
export function secretEnvironment(variables: readonly SecretVariable[]): V1EnvVar[] {
  return variables.map(({ variable, secret, key }) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: secret, key } },
  }));
}

/** Volumes and mounts of the files of a container that needs these components; both empty without files. */
export function secretVolumes(
  spec: DataPlatformSpec,
  components: readonly Component[],
): { volumes: V1Volume[]; mounts: V1VolumeMount[] } {
  const files = referencesOf(spec, components).flatMap(({ file, secret, key }) =>
    file === undefined ? [] : [{ ...file, secret, key }],
  );
  const byVolume = [...Map.groupBy(files, ({ volume }) => volume).values()];
  return {
    volumes: byVolume.flatMap((of) =>
      of.slice(0, 1).map(({ volume, secret }) => ({
        name: volume,
        secret: { secretName: secret, items: of.map(({ key, name }) => ({ key, path: name })) },
      })),
    ),
    mounts: byVolume.flatMap((of) =>
      of.slice(0, 1).map(({ volume, folder }) => ({ name: volume, mountPath: folder, readOnly: true })),
    ),
  };
}
