"""Compose file, image and example environment against each other, for machines without a container engine."""

import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import yaml

from tests.platform.conftest import ROOT
from tests.platform.settings_variables import variables

SETTINGS = variables(ROOT / "portal" / "settings.py")
SERVICES = {"db", "valkey", "migrate", "web", "worker", "worker-imports", "beat", "proxy"}
OURS = {"migrate", "web", "worker", "worker-imports", "beat"}
LAUNCHER_ONLY = {"PORT", "PORTAL_VENV", "PORTAL_PG_BINDIR"}
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "SITE_ADDRESS", "LERNREGION_VERSION"}
CONDITIONS = {"service_healthy", "service_completed_successfully"}


def is_text(value):
    return isinstance(value, str)


def is_texts(value):
    return isinstance(value, list) and all(map(is_text, value))


def is_environment(value):
    """Numbers and booleans would reach the container in YAML's spelling, so that only text is allowed."""
    return (
        isinstance(value, dict)
        and all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in value)
        and is_texts([*value.values()])
    )


def is_healthcheck(value):
    return (
        is_texts(value.get("test")) and value["test"][0] == "CMD" and {"interval", "timeout", "retries"} <= set(value)
    )


def is_dependencies(value):
    return isinstance(value, dict) and all(
        each in [{"condition": one} for one in CONDITIONS] for each in value.values()
    )


# What a service may say, and how. A key that is not here is a slip of the pen or needs a thought.
SCHEMA = {
    "build": is_text,
    "cap_add": lambda value: value == ["NET_BIND_SERVICE"],
    "cap_drop": lambda value: value == ["ALL"],
    "command": is_texts,
    "depends_on": is_dependencies,
    "environment": is_environment,
    "healthcheck": is_healthcheck,
    "image": is_text,
    "logging": lambda value: is_texts([value["driver"], *value["options"].values()]),
    "ports": is_texts,
    "read_only": lambda value: value is True,
    "restart": lambda value: value in {"unless-stopped", "no"},
    "security_opt": lambda value: value == ["no-new-privileges:true"],
    "shm_size": is_text,
    "start_period": is_text,
    "stop_grace_period": is_text,
    "tmpfs": is_texts,
    "user": is_text,
    "volumes": is_texts,
}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def example():
    """Variable → default, and the lines above each."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines if line and not line.startswith("#")}


def test_compose_file_keeps_the_schema(compose):
    assert set(compose["services"]) == SERVICES
    assert {name for name in compose if not name.startswith("x-")} == {"name", "services", "volumes"}
    for name, service in compose["services"].items():
        assert "image" in service, name
        for key, value in service.items():
            assert key in SCHEMA, f"{name}: unknown key {key}"
            assert SCHEMA[key](value), f"{name}.{key}: {value!r}"


def test_every_service_is_hardened(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert name == "proxy" or service["user"].split(":")[0] not in {"root", "0"}, name


def test_named_volumes_and_services_exist(compose):
    used = set()
    for service in compose["services"].values():
        used |= {volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
        assert set(service.get("depends_on", {})) <= SERVICES
    assert used == set(compose["volumes"])
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            assert not volume.startswith(".") or (ROOT / volume.split(":")[0]).exists()


def test_nobody_waits_for_health_that_is_never_checked(compose):
    services = compose["services"]
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other]
            else:
                assert services[other]["restart"] == "no"


def test_postgres_keeps_its_data_and_sorts_as_the_embedded_one(compose):
    db = compose["services"]["db"]
    assert db["image"] == "postgres:18"
    assert "database:/var/lib/postgresql" in db["volumes"]
    assert "--locale-provider=builtin --builtin-locale=C.UTF-8" in db["environment"]["POSTGRES_INITDB_ARGS"]


def test_broker_forgets_nothing(compose):
    command = " ".join(compose["services"]["valkey"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_only_the_proxy_can_be_reached(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_all_queues_are_worked_on_and_beat_runs_once(compose):
    commands = [" ".join(service.get("command", [])) for service in compose["services"].values()]
    queues = {queue for command in commands for queue in re.findall(r"--queues (\S+)", command)}
    assert queues == {"mail,default", "imports"}
    assert sum(" beat " in command for command in commands) == 1


@pytest.mark.parametrize("name", sorted(OURS))
def test_compose_sets_what_the_settings_read_and_nothing_else(compose, name):
    assert set(compose["services"][name]["environment"]) == SETTINGS


def test_web_alone_has_a_short_statement_timeout(compose):
    limits = {name: compose["services"][name]["environment"]["STATEMENT_TIMEOUT_MS"] for name in OURS}
    assert limits == {name: "2000" if name == "web" else "0" for name in OURS}


def test_web_alone_holds_the_search_in_memory(compose):
    held = {name: compose["services"][name]["environment"]["SEARCH_IN_MEMORY"] for name in OURS}
    assert held == {name: "1" if name == "web" else "0" for name in OURS}


def test_compose_file_holds_no_secret(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("KEY|PASSWORD", name) or "@" in value:
                assert re.search(r"\$\{[A-Z_]+:\?", value), name


def test_example_explains_every_variable(compose, example):
    assert set(example) == SETTINGS | LAUNCHER_ONLY | COMPOSE_ONLY
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= set(example)
    text = (ROOT / ".env.example").read_text()
    for name in example:
        assert re.search(rf"^#.+\n(#.*\n)*{name}=", text, re.MULTILINE), f"{name} has no comment"


def test_example_holds_no_secret(example):
    assert example["SECRET_KEY"] == example["POSTGRES_PASSWORD"] == ""
    assert example["DEBUG"] == example["DEMO"] == "0"


def test_image_contains_what_it_needs(compose):
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in dockerfile
    assert "requirements/base.txt" in dockerfile
    for command in ("compile_locales", "collectstatic"):
        assert command in dockerfile
    assert re.search(r"^USER portal$", dockerfile, re.MULTILINE)
    assert "--uid 10001" in dockerfile
    assert compose["services"]["web"]["user"] == "10001:10001"


def test_image_takes_in_every_folder_of_the_product():
    """.dockerignore names what goes in; an app that is forgotten there would be missing in production only."""
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "faults", "tools"}
    assert apps | {"templates", "static", "locale", "requirements", "manage.py", "gunicorn.conf.py", "deploy"} == taken


class Answer(BaseHTTPRequestHandler):
    """A web server that is well only to those who come through the proxy."""

    def do_GET(self):
        is_proxy = (self.headers["Host"], self.headers["X-Forwarded-Proto"]) == ("region.example", "https")
        self.send_response(200 if is_proxy and self.path == "/healthz" else 301)
        self.end_headers()

    def log_message(self, *arguments):
        """Not into the tests' output."""


@pytest.mark.parametrize(("address", "status"), [("https://region.example", 0), ("https://other.example", 1)])
def test_healthcheck_asks_as_the_proxy_does(clean_environ, address, status):
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        environ = {**clean_environ, "SITE_BASE_URL": address, "PORT": str(server.server_port)}
        command = [sys.executable, ROOT / "deploy" / "healthcheck.py"]
        assert subprocess.run(command, env=environ, check=False).returncode == status


def test_healthcheck_tells_a_server_that_is_away(clean_environ):
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        free = server.server_port
    environ = {**clean_environ, "SITE_BASE_URL": "https://region.example", "PORT": str(free)}
    command = [sys.executable, ROOT / "deploy" / "healthcheck.py"]
    assert subprocess.run(command, env=environ, check=False).returncode == 1
