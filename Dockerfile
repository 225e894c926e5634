# The image contains Node. The npm package `node` is for machines with an older version.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY tools/package ./tools/package
RUN npm ci --omit=dev && rm -rf node_modules/node node_modules/node-bin-* node_modules/.bin/node && node tools/package/write-sbom.ts node_modules/sbom.cdx.json

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/var/lib/pellucid LOG_DIR=/var/log/pellucid LOG_FORMAT=json SQLITE_TMPDIR=/var/lib/pellucid MALLOC_MMAP_THRESHOLD_=1048576
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json README.md CONTRIBUTING.md ./
COPY docs ./docs
COPY texts ./texts
COPY src ./src
COPY plugins ./plugins
COPY otel ./otel
# For `docker compose exec pellucid pellucid …`.
RUN ln -s /app/src/cli/pellucid.js /usr/local/bin/pellucid
RUN install -d -m 0700 -o node -g node /var/lib/pellucid /var/log/pellucid /var/backups/pellucid
USER node
VOLUME ["/var/lib/pellucid", "/var/log/pellucid", "/var/backups/pellucid"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 8000) + '/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Without npm, which would not forward SIGTERM.
CMD ["node", "--max-semi-space-size=16", "--v8-pool-size=0", "--import", "./otel/register.ts", "src/server.ts"]
