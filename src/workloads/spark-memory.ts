/**
 * How much a Spark container does with its resources: how its memory is shared between the JVM's heap and what lies beside it, how many
 * tasks run at once, and the options that hold the JVM to both. The shares are from measurements (`node bench/run.ts backlog`). Pure.
 */
import { mebibytes, quantityValue } from "../api/quantity.ts";
import { LEAST_MEMORY } from "../crds/kinds.ts";
import { TerminalError } from "../runtime/errors.ts";
import type { ContainerResources } from "../targets/kubernetes/resources.ts";

/** Spark's own minimum of 450 MiB heap plus the least that it takes for the rest. */
const MINIMUM_SPARK_MEMORY = LEAST_MEMORY.driver;

/** Spark demands 1.5 times its reserved 300 MiB. */
const LEAST_HEAP_MEBIBYTES = 480;
/** Classes and their names 210 MiB, compiled code 64, stacks, compilers, and what RocksDB and the allocator take beside the cache. */
const JVM_MEBIBYTES = 416;
const CODE_MEBIBYTES = 64;
/** What is on its way from and to Kafka, S3 and other executors. */
const LEAST_DIRECT_MEBIBYTES = 64;
const DIRECT_SHARE = 1 / 16;
/** For all state stores of the JVM together, however large the state is: it lies on disk, and only what is used is in memory. */
const ROCKSDB_SHARE = 1 / 10;

/** Shares of one container's memory limit, in MiB. `heap` and `overhead` add up to the limit. */
export interface MemorySplit {
  readonly heap: number;
  readonly overhead: number;
  /** Part of the overhead. */
  readonly direct: number;
  /** Part of the overhead. */
  readonly rocksdb: number;
}

/** The shares of a limit; of one that is too small those of the least, with which nothing must be started. */
export function sparkMemory({ limits }: ContainerResources): MemorySplit {
  const split = splitMemory(limits.memory) ?? splitMemory(MINIMUM_SPARK_MEMORY);
  if (split === undefined) throw new Error(`${MINIMUM_SPARK_MEMORY} is too little memory for Spark`);
  return split;
}

/** That the container which a field sizes is too small for Spark. How much it needs is not in the schema, since an earlier operator took less. */
export function sparkMemoryProblem(field: string, { limits }: ContainerResources): TerminalError | undefined {
  if (splitMemory(limits.memory) !== undefined) return undefined;
  return new TerminalError(
    "InvalidSpec",
    `${field} must give at least ${MINIMUM_SPARK_MEMORY} of memory, because Spark and its JVM do not fit into less; ` +
      `it gives "${limits.memory}"`,
    { field },
  );
}

/** `undefined` when the limit is too small for Spark. */
function splitMemory(limit: string): MemorySplit | undefined {
  const total = mebibytes(limit);
  const direct = Math.max(LEAST_DIRECT_MEBIBYTES, Math.floor(total * DIRECT_SHARE));
  const rocksdb = Math.floor(total * ROCKSDB_SHARE);
  const overhead = JVM_MEBIBYTES + direct + rocksdb;
  const heap = total - overhead;
  if (heap < LEAST_HEAP_MEBIBYTES) return undefined;
  return { heap, overhead, direct, rocksdb };
}

/** How many tasks one JVM runs at the same time: they wait for Kafka and S3 most of their time, so that even a fraction of a core runs two. */
export function taskSlots({ requests, limits }: ContainerResources): number {
  return Math.max(2, Math.ceil(quantityValue(limits.cpu ?? requests.cpu)));
}

/**
 * Keeps the JVM to its share: without them its buffers may grow as large as the heap, and it takes a node of 64 cores for its own and
 * has compilers and arenas for all of them.
 */
export function jvmOptions(resources: ContainerResources): string {
  return [
    "-XX:+ExitOnOutOfMemoryError",
    `-XX:ActiveProcessorCount=${String(taskSlots(resources))}`,
    `-XX:MaxDirectMemorySize=${String(sparkMemory(resources).direct)}m`,
    `-XX:ReservedCodeCacheSize=${String(CODE_MEBIBYTES)}m`,
    // A thread keeps a buffer of this size at the most between two reads or writes.
    "-Djdk.nio.maxCachedBufferSize=262144",
  ].join(" ");
}
