# The storefront is built beside the code that serves it; the image that runs holds neither tools nor sources of it.
FROM node:24-bookworm-slim AS storefront
WORKDIR /kessai
COPY package.json package-lock.json .npmrc ./
COPY web/package.json ./web/
RUN npm ci --ignore-scripts
COPY web ./web
RUN npm run build --workspace web

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /kessai
COPY package.json package-lock.json .npmrc ./
COPY web/package.json ./web/
# The image brings its own Node 24, so the packaged one is left out.
RUN npm ci --omit=dev --omit=optional --ignore-scripts
COPY main.ts ./
COPY api ./api
COPY demo ./demo
COPY domain ./domain
COPY embedded ./embedded
COPY platform ./platform
COPY processmanagers ./processmanagers
COPY projections ./projections
COPY relay ./relay
COPY roles ./roles
COPY seed ./seed
COPY --from=storefront /kessai/web/.output ./web/.output
RUN mkdir /data && chown node:node /data
USER node
# kafkajs asks for timers in the past, which Node makes due at once, with a warning.
ENV KESSAI_DATA=/data HOST=0.0.0.0 NODE_OPTIONS=--disable-warning=TimeoutNegativeWarning
VOLUME /data
EXPOSE 8080
CMD ["node", "main.ts", "start"]
