# The server as an image: a wheel is built where compilers and Node are, and installed where they are
# not. Nothing secret goes in: settings come from the environment when it starts.

FROM node:24-slim AS panel
WORKDIR /build
COPY jupyter_ext jupyter_ext
COPY src src
WORKDIR /build/jupyter_ext
RUN npm ci && npm run build

FROM python:3.13-slim AS wheels
WORKDIR /build
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY --from=panel /build/src src
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[server,ml,tracing]"

FROM python:3.13-slim
# What `dip backup` and `dip restore` call; a fixed version would be gone with the next security fix.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-compile --no-deps /wheels/*.whl
RUN useradd --system --uid 10001 --home-dir /data dip \
    && install --directory --owner dip --mode 700 /data
ENV DIP_SERVER_FOLDER=/data \
    PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /data
EXPOSE 8765
HEALTHCHECK --interval=10s --timeout=6s --start-period=40s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8765/readyz', timeout=5)"]
ENTRYPOINT ["dip"]
CMD ["serve", "--host", "0.0.0.0"]
