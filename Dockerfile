# docker build -t weaklink .                                  for processors
# docker build -t weaklink:cuda --build-arg TORCH=cu130 .     for NVIDIA GPUs
FROM python:3.11-slim-bookworm AS build
ARG TORCH=cpu
WORKDIR /source
COPY constraints.txt assets.txt ./
COPY requirements/demo.txt requirements/
RUN python -m venv /opt/weaklink \
    && /opt/weaklink/bin/pip install --no-cache-dir -r constraints.txt \
        --index-url "https://download.pytorch.org/whl/${TORCH}" \
    && /opt/weaklink/bin/pip install --no-cache-dir --no-deps -r requirements/demo.txt -r assets.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/weaklink/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 1000 weaklink \
    && install --directory --owner=weaklink /work /home/weaklink/.cache
COPY --from=build /opt/weaklink /opt/weaklink
ENV PATH=/opt/weaklink/bin:$PATH
USER 1000
WORKDIR /work
VOLUME ["/work", "/home/weaklink/.cache"]
ENTRYPOINT ["weaklink"]
CMD ["--help"]
