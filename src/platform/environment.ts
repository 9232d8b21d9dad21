/** How a platform's Secrets reach a container: by reference, as environment variables and files, never copied. Pure. */
import type { V1EnvVar, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { DataPlatformSpec } from "../crds/kinds.ts";
import type { Component, SecretFile } from "./references.ts";
import { REFERENCES, referencesOf } from "./references.ts";
import type { SecretKey } from "./secrets.ts";

/** One key of a Secret under the name that the container knows it by. */
export interface SecretVariable extends SecretKey {
  readonly variable: string;
}

/** Where the certificate authorities of Kafka are in a container. */
export const KAFKA_CA_FILE = pathOf(REFERENCES.kafkaAuthorities.file);

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
  return {
    volumes: files.map(({ volume, secret, key, name }) => ({
      name: volume,
      secret: { secretName: secret, items: [{ key, path: name }] },
    })),
    mounts: files.map(({ volume, folder }) => ({ name: volume, mountPath: folder, readOnly: true })),
  };
}

function pathOf({ folder, name }: SecretFile): string {
  return `${folder}/${name}`;
}
