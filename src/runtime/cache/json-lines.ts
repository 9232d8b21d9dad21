/** Splits a stream of bytes into JSON values, one a line. */

/** The API server's own limit of an object is about 1.5 MiB (etcd), some kinds reach 3; more than this is not a watch. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Yields each line parsed. Throws on a line that is no JSON, is too long, or was cut off by the end of the stream. */
export async function* parseJsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      const line = Buffer.concat(parts);
      parts = [];
      length = 0;
      start = end + 1;
      if (line.length > 0) yield parseLine(line);
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MAX_LINE_BYTES)
      throw new Error(`a line of the stream is longer than ${MAX_LINE_BYTES} bytes`);
  }
  if (length > 0) throw new Error(`the stream ended within a line, after ${length} bytes of it`);
}

function parseLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8")) as unknown;
  } catch (error) {
    throw new Error(`a line of ${line.length} bytes in the stream is not JSON`, { cause: error });
  }
}
