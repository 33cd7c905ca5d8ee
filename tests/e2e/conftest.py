"""Journeys in a real Chromium against a whole portal: own database, demo region XS, web and workers as processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    if CHROMIUM:
        return
    for item in items:
        item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


class Portal:
    """Address and command line of the running portal."""

    def __init__(self, url: str, environment: dict[str, str]):
        self.url, self.environment = url, environment

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=check,
            capture_output=True,
            text=True,
        )


def new_database(name: str) -> str:
    url = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(url._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(url._replace(path=f"/{name}"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(stack: ExitStack, environment: dict[str, str], log: Path, *command: str) -> None:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    stack.callback(process.wait, 20)
    stack.callback(process.send_signal, signal.SIGTERM)


def wait_until_up(url: str, log: Path) -> None:
    for _attempt in range(200):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The portal did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal")
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": new_database("e2e"),
        "DEMO": "1",
        "SITE_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTAL_STATE_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
    }
    running = Portal(environment["SITE_BASE_URL"], environment)
    for command in (
        ["migrate", "-v0"],
        ["load_demo", "--profile", "XS"],
        ["compile_locales"],
        ["collectstatic", "-v0", "--noinput"],
    ):
        done = running.manage(*command, check=False)
        assert done.returncode == 0, done.stderr
    with ExitStack() as stack:
        log = folder / "web.log"
        web = ["gunicorn", "-b", f"127.0.0.1:{port}", "--threads", "4", "portal.wsgi:application"]
        start(stack, environment, log, *web)
        worker = ["celery", "-A", "portal", "worker", "-c", "1", "-Q", "mail,default,imports", "-l", "warning"]
        start(stack, environment, folder / "worker.log", *worker, "--without-gossip", "--without-mingle")
        wait_until_up(running.url, log)
        yield running


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, portal):
    """Open pages: `visit("/kurse/", width=390, scheme="dark")`. Any request that leaves the host fails the test."""
    contexts, foreign, errors = [], [], []

    def open_page(path: str = "/", *, width: int = 1280, scheme: str = "light", script: bool = True, state=None):
        context = chromium.new_context(
            base_url=portal.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            storage_state=state,
            locale="de-DE",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: foreign.append(request.url) if not is_ours(request.url, portal) else None)
        page.on("console", lambda message: errors.append(message.text) if is_refusal(message) else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not foreign, f"requests left the host: {foreign}"
    assert not errors, f"the browser refused something: {errors}"


def is_ours(url: str, portal: Portal) -> bool:
    return url.startswith((portal.url, "data:", "about:"))


def is_refusal(message) -> bool:
    """What the content security policy blocks shows only in the console."""
    return "Content Security Policy" in message.text


@pytest.fixture(scope="session")
def coordinator(chromium, portal):
    """Cookies of the demo coordinator after a real login with password and one-time code."""
    context = chromium.new_context(base_url=portal.url, locale="de-DE")
    page = context.new_page()
    log_in(page, portal, "koordination@lernregion.example")
    state = context.storage_state()
    context.close()
    return state


def log_in(page, portal: Portal, email: str) -> None:
    page.goto("/verwaltung/")
    page.get_by_label("E-Mail").fill(email)
    page.locator("input[name=password]").fill("lernregion-vorfuehrung")
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    for _attempt in range(2):  # a code may end while it is typed
        answer = portal.manage("demo_code", email).stdout
        code = next(word for word in answer.split() if word.isdigit() and len(word) == 6)
        page.locator("input[name=code]").fill(code)
        page.locator("form:has(input[name=code]) button[type=submit]").first.click()
        page.wait_for_load_state()
        if "/konto/" not in page.url:
            return
    pytest.fail(f"no way in: {page.url}\n{page.locator('main').inner_text()[:500]}")
