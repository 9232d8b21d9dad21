/** How the memory of a Spark container is shared between the JVM's heap and what lies beside it. Pure. */
import { LEAST_MEMORY } from "../../crds/kinds.ts";
import { mebibytes } from "../../api/quantity.ts";

/** Spark's own minimum of 450 MiB heap plus the least that it takes for the rest. */
export const MINIMUM_SPARK_MEMORY = LEAST_MEMORY.driver;

/** Spark demands 1.5 times its reserved 300 MiB. */
const LEAST_HEAP_MEBIBYTES = 480;
/** Metaspace, threads, network buffers and RocksDB's own memory. */
const LEAST_OVERHEAD_MEBIBYTES = 384;
const OVERHEAD_SHARE = 0.25;
/** Share of the overhead that RocksDB may take for all state stores of the JVM; the rest is the JVM's. */
const ROCKSDB_SHARE = 1 / 3;

/** Shares of one container's memory limit, in MiB. `heap` and `overhead` add up to the limit. */
export interface MemorySplit {
  readonly heap: number;
  readonly overhead: number;
  /** Part of the overhead. */
  readonly rocksdb: number;
}

/** `undefined` when the limit is too small for Spark. */
export function splitMemory(limit: string): MemorySplit | undefined {
  const total = mebibytes(limit);
  const overhead = Math.max(LEAST_OVERHEAD_MEBIBYTES, Math.floor(total * OVERHEAD_SHARE));
  const heap = total - overhead;
  if (heap < LEAST_HEAP_MEBIBYTES) return undefined;
  return { heap, overhead, rocksdb: Math.floor(overhead * ROCKSDB_SHARE) };
}
