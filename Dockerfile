# Two stages: the first one installs, the second one carries what runs. The version of Python is the one tests run on.
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv --without-pip /venv
COPY requirements/base.txt /base.txt
# Complete and hashed: nothing is resolved, nothing is built, nothing but the reviewed files is installed.
RUN python -m pip --python /venv/bin/python install --no-cache-dir --no-deps --only-binary :all: \
    --require-hashes --requirement /base.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings \
    PORTAL_STATE_DIR=/var/lib/lernregion \
    STATIC_ROOT=/srv/static
# The state folder exists in the image, so that a new volume takes over its owner.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0700 /var/lib/lernregion
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# The key of the build signs nothing; every other process needs one from its environment.
RUN python -m compileall -q /app \
    && SECRET_KEY=only-for-the-build python manage.py compile_locales \
    && SECRET_KEY=only-for-the-build python manage.py collectstatic --noinput --verbosity 0
USER portal
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
