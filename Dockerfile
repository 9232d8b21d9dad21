# The operator: one bundled JavaScript file on Node.js 24. Build it first with `npm run bundle`.
ARG BASE=docker.io/library/node:24-bookworm-slim
FROM ${BASE}
COPY dist/operator.mjs dist/operator.mjs.map /app/
# glibc keeps freed memory by default; with fixed thresholds it gives back what the start took (15 MB here). Source maps stay beside the
# bundle for reading a stack by hand: loaded at run time (--enable-source-maps) they cost 90 MB, and the bundle keeps all names.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 MALLOC_MMAP_THRESHOLD_=131072
USER 65532:65532
EXPOSE 8080
ENTRYPOINT []
CMD ["node", "--max-old-space-size=128", "--max-semi-space-size=2", "/app/operator.mjs"]
