/** Addresses in S3. Pure. */

/** One form for all addresses of a place: Hadoop's `s3a:` and `s3n:` mean `s3:`, and slashes at the end mean nothing. */
export function normalLocation(url: string): string {
  return url.replace(/^s3[an]:/, "s3:").replace(/\/+$/, "");
}

/** Whether two addresses are of the same place. */
export function isSameLocation(one: string, other: string): boolean {
  return normalLocation(one) === normalLocation(other);
}
