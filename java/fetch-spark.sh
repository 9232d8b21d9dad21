#!/usr/bin/env bash
# Assembles the Spark distribution that drivers and executors run with, in the cache; prints its path as the last line.
# Layout: jars/ (from spark-distribution/pom.xml), bin/ (spark-submit, spark-class), conf/ (log4j2.properties).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${OPEN_CLICKSTREAM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/open-clickstream}"
attempts=4

hash="$(cd "$here" && cat pom.xml spark-distribution/pom.xml spark-distribution/bin/* spark-distribution/conf/* fetch-spark.sh |
  sha256sum | cut -c1-16)"
target="$cache/spark/$hash"
if [ -d "$target" ]; then
  echo "$target"
  exit 0
fi

for tool in mvn java; do
  command -v "$tool" > /dev/null || { echo "fetch-spark: \"$tool\" is needed and was not found" >&2; exit 1; }
done

mkdir -p "$cache/spark"
staging="$(mktemp -d "$cache/spark/.$hash.XXXXXX")"
trap 'rm -rf "$staging"' EXIT
chmod 755 "$staging"

for attempt in $(seq 1 "$attempts"); do
  echo "fetch-spark: fetching Spark's jars (attempt $attempt of $attempts)" >&2
  rm -rf "$staging/jars"
  if mvn -B -q -f "$here/pom.xml" -pl spark-distribution dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$staging/jars" >&2; then
    break
  fi
  if [ "$attempt" = "$attempts" ]; then
    echo "fetch-spark: Maven could not fetch the jars; its message is above" >&2
    exit 1
  fi
  sleep $((attempt * 5))
done

cp -R "$here/spark-distribution/bin" "$here/spark-distribution/conf" "$staging/"
chmod 755 "$staging"/bin/*
# Spark's own version file, which its launcher and the Kubernetes backend look for.
sed -n 's:.*<spark.version>\(.*\)</spark.version>.*:Spark \1:p' "$here/pom.xml" > "$staging/RELEASE"

# Another run may have been faster; its result is the same.
mv -T "$staging" "$target" 2> /dev/null || [ -d "$target" ]
echo "fetch-spark: $(find "$target/jars" -name '*.jar' | wc -l) jars, $(du -sm "$target" | cut -f1) MB" >&2
echo "$target"
