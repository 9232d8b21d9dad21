/** `jvm.config`: one option a line. Pure. */
import type { ValidatedCluster } from "../validate.ts";
import type { Role } from "../parts.ts";
import { trustOptions } from "./trust.ts";

export function renderJvmConfig(cluster: ValidatedCluster, role: Role): string {
  const { heapPercent } = cluster[role];
  const options = [
    "-server",
    `-XX:MaxRAMPercentage=${heapPercent}`,
    `-XX:InitialRAMPercentage=${Math.min(heapPercent, 25)}`,
    "-XX:+UseG1GC",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:ReservedCodeCacheSize=256M",
    "-XX:PerMethodRecompilationCutoff=10000",
    "-XX:PerBytecodeRecompilationCutoff=10000",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
    "-XX:+EnableDynamicAgentLoading",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "--add-modules=jdk.incubator.vector",
    ...trustOptions(cluster),
    ...cluster.jvmOptions,
  ];
  return options.map((option) => `${option}\n`).join("");
}
