# The bridge as an image: built with the Swift toolchain, packed as Debian's package, and installed with what that names.
#
#   docker build --tag narrowbridge:0.1.0 .
#   docker run --read-only --user 10001 --volume state:/var/lib/narrowbridge \
#       --volume "$PWD/bridge.conf":/etc/narrowbridge/bridge.conf:ro narrowbridge:0.1.0
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends make git
WORKDIR /narrowbridge
# What is installed is kept as long as these do not change.
COPY scripts/deps scripts/deps
RUN scripts/deps && scripts/deps --deb
COPY . .
RUN make deb && cp .build/deb/narrowbridge_"$(scripts/version)"_*.deb /narrowbridge.deb

FROM debian:12-slim
# Bound and not copied: the package is in no layer.
RUN --mount=type=bind,from=build,source=/narrowbridge.deb,target=/tmp/narrowbridge.deb \
    apt-get update && apt-get install -y --no-install-recommends /tmp/narrowbridge.deb ca-certificates && \
    rm -rf /var/lib/apt/lists/* && \
    install -d -o 10001 -g 10001 -m 700 /var/lib/narrowbridge
# Without it the threads of Swift's runtime say that they do not get priorities which they need not have.
ENV LIBDISPATCH_LOG=NO
USER 10001:10001
EXPOSE 9464
VOLUME /var/lib/narrowbridge
ENTRYPOINT ["/usr/bin/narrowbridge"]
CMD ["run"]
