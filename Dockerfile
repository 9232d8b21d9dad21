# The operator: one bundled JavaScript file on Node.js 24. Build it first with `npm run bundle`.
ARG BASE=docker.io/library/node:24-bookworm-slim
FROM ${BASE}
COPY dist/operator.mjs dist/operator.mjs.map /app/
# Files are only read: no home, no cache, a read-only root file system will do.
ENV NODE_ENV=production
USER 65532:65532
EXPOSE 8080
# Old space is the bulk of V8's heap; the limits leave room for buffers, code and the young generation within 256 MiB.
ENTRYPOINT []
CMD ["node", "--enable-source-maps", "--max-old-space-size=128", "--max-semi-space-size=4", "/app/operator.mjs"]
