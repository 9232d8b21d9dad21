#!/bin/sh
# Checks what `make` cannot install by itself, before anything starts. Prints one message that names all that is missing.
set -u
missing=""
need() { missing="$missing
  - $1: $2"; }
has() { command -v "$1" >/dev/null 2>&1; }
major() { "$@" 2>&1 | grep -oE '[0-9]+' | head -n 1; }
jdk() { # a JDK of at least major version $1 and at most $2, in JAVA_HOME or the usual places
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/*; do
    [ -x "$home/bin/javac" ] || continue
    version=$(major "$home/bin/javac" -version)
    [ "$version" -ge "$1" ] && [ "$version" -le "$2" ] && return 0
  done
  return 1
}

has node && [ "$(major node --version)" -ge 20 ] || need "Node.js 20 or newer with npm" "the tools start with it and bring their own Node.js 24"
has npm || need "npm" "fetches the JavaScript packages"
has go || need "Go 1.26 or newer" "builds Kubernetes, the collector and kubectl clickstream"
jdk 17 17 || need "a JDK 17" "Spark runs on it (openjdk-17-jdk-headless)"
jdk 25 99 || need "a JDK 25" "Trino and Nessie run on it"
has mvn || need "Maven 3.8 or newer" "fetches and builds the Java parts"

if [ "${CLUSTER:-local}" = existing ]; then
  [ -n "${KUBECONFIG:-}" ] || need "KUBECONFIG" "CLUSTER=existing uses the cluster that it points to"
else
  [ "$(uname -s)" = Linux ] || need "Linux" "the local cluster runs containers on this machine; use CLUSTER=existing elsewhere"
  [ "$(id -u)" = 0 ] || need "root" "the local cluster makes network interfaces and mounts; use CLUSTER=existing without it"
  has apt-get || need "Debian's apt-get" "brings containerd, runc and buildah"
fi

if [ -n "$missing" ]; then
  printf 'Open Clickstream cannot start: this machine lacks%s\nInstall them and run the command again.\n' "$missing" >&2
  exit 1
fi
