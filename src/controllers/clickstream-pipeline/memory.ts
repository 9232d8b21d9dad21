/**
 * How the memory of a Spark container is shared between the JVM's heap and what lies beside it, and the options that hold the JVM to
 * that. The shares are from measurements (`node bench/run.ts backlog`). Pure.
 */
import { LEAST_MEMORY } from "../../crds/kinds.ts";
import { mebibytes } from "../../api/quantity.ts";

/** Spark's own minimum of 450 MiB heap plus the least that it takes for the rest. */
export const MINIMUM_SPARK_MEMORY = LEAST_MEMORY.driver;

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

/** `undefined` when the limit is too small for Spark. */
export function splitMemory(limit: string): MemorySplit | undefined {
  const total = mebibytes(limit);
  const direct = Math.max(LEAST_DIRECT_MEBIBYTES, Math.floor(total * DIRECT_SHARE));
  const rocksdb = Math.floor(total * ROCKSDB_SHARE);
  const overhead = JVM_MEBIBYTES + direct + rocksdb;
  const heap = total - overhead;
  if (heap < LEAST_HEAP_MEBIBYTES) return undefined;
  return { heap, overhead, direct, rocksdb };
}

/**
 * Keeps the JVM to its share: without them its buffers may grow as large as the heap, and it takes a node of 64 cores for its own and
 * has compilers and arenas for all of them.
 */
export function jvmOptions({ direct }: MemorySplit, taskSlots: number): string {
  return [
    "-XX:+ExitOnOutOfMemoryError",
    `-XX:ActiveProcessorCount=${String(taskSlots)}`,
    `-XX:MaxDirectMemorySize=${String(direct)}m`,
    `-XX:ReservedCodeCacheSize=${String(CODE_MEBIBYTES)}m`,
    // A thread keeps a buffer of this size at the most between two reads or writes.
    "-Djdk.nio.maxCachedBufferSize=262144",
  ].join(" ");
}
