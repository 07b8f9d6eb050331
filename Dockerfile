# syntax=docker/dockerfile:1
# caseflow: one image for every member of the crew, the migrations and the HTTP doors.
#
# Stage 1 fetches what requirements.lock names, each file checked against its hash (one, docopt, comes as source and is
# built with whatever setuptools is current: pip cannot check that), and builds our wheel. Stage 2 gets
# only what the wheel needs at work, out of those files and from nowhere else: no tests, no embedded servers, no compiler.
# For a production build name the base by digest: --build-arg PYTHON_IMAGE=python:3.13-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock ./
RUN python -m pip wheel --require-hashes --no-deps --wheel-dir /wheels -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY caseflow caseflow
COPY workers workers
COPY templates templates
COPY config config
RUN python -m venv /build && /build/bin/pip install --no-index --find-links /wheels hatchling
RUN /build/bin/python -m hatchling build -t wheel -d /wheels
# What to bring besides: "[web]" for the pages, "[web,otel]" for traces, too.
ARG EXTRAS="[web]"
RUN python -m venv /venv && /venv/bin/pip install --no-index --find-links /wheels "caseflow${EXTRAS}" && /venv/bin/python -m pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
ARG VERSION=0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="caseflow" \
      org.opencontainers.image.description="Journeys, reminders and decisions for deferred prosecution and out-of-court disposal schemes" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /venv /venv
# The root file system may be read-only: only /tmp is written to (signs of life, and files of the folder sender).
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CASEFLOW_ENVIRONMENT=production \
    CASEFLOW_DATA_DIR=/tmp/caseflow
WORKDIR /tmp
USER 10001:10001
STOPSIGNAL SIGTERM
# Well when every member of the crew that began here has lately reached its broker and its database.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "workers.health", "all"]
CMD ["python", "-m", "workers.launch"]
