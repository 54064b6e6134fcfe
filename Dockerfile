# A small image with the `maip` binary alone; it runs as an account without rights.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The registry and the build stay in the builder's cache, so that a changed source file costs its own crates only.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --profile production --locked --package maip \
    && cp target/production/maip /usr/local/bin/maip

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/maip --create-home --shell /usr/sbin/nologin maip
COPY --from=build /usr/local/bin/maip /usr/local/bin/maip
USER 10001:10001
WORKDIR /var/lib/maip
# Within the container only; what is published outside is said where it is run.
ENV MAIP_DATA_DIR=/var/lib/maip MAIP_HOST=0.0.0.0
VOLUME /var/lib/maip
EXPOSE 8080
# The image has no curl; the shell opens the connection itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["maip"]
CMD ["serve"]
