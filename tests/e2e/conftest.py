"""Journeys in a real Chromium against a whole portal: own database, demo region XS, web and workers as processes.

Each process of the tests has a portal of its own, so that two of them do not step on each other's toes.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import Page, sync_playwright

from accounts.demo import LOGINS, PASSWORD

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
    for _attempt in range(600):
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
        "DATABASE_URL": new_database("e2e_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")),
        "DEMO": "1",
        "SEARCH_IN_MEMORY": "1",
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
        serve(stack, running, folder / "web.log")
        worker = ["celery", "-A", "portal", "worker", "-c", "1", "-Q", "mail,default,imports", "-l", "warning"]
        start(stack, environment, folder / "worker.log", *worker, "--without-gossip", "--without-mingle")
        yield running


def serve(stack: ExitStack, portal: Portal, log: Path) -> None:
    address = urlsplit(portal.url).netloc
    start(stack, portal.environment, log, "gunicorn", "-b", address, "--threads", "4", "portal.wsgi:application")
    wait_until_up(portal.url, log)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a browser did beside showing pages."""

    portal: Portal
    foreign: list[str] = field(default_factory=list)  # requests that left the host
    refused: list[str] = field(default_factory=list)  # what the content security policy stopped; the console tells
    broken: list[str] = field(default_factory=list)  # errors of scripts

    def over(self, page: Page) -> None:
        page.on("request", lambda request: None if self.is_ours(request.url) else self.foreign.append(request.url))
        page.on("console", lambda message: self.refused.append(message.text) if is_refusal(message) else None)
        page.on("pageerror", lambda error: self.broken.append(str(error)))

    def is_ours(self, url: str) -> bool:
        return url.startswith((f"{self.portal.url}/", "data:", "about:"))


def is_refusal(message) -> bool:
    return "Content Security Policy" in message.text


@pytest.fixture
def watch(portal):
    return Watch(portal)


@pytest.fixture
def visit(chromium, watch):
    """Open pages: `visit("/kurse/", width=390, scheme="dark")`. Any request that leaves the host fails the test, and so
    does what the content security policy refuses and a script that breaks."""
    contexts = []

    def open_page(path: str = "/", *, width: int = 1280, scheme: str = "light", script: bool = True, state=None):
        context = new_context(chromium, watch.portal, width=width, scheme=scheme, script=script, state=state)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch == Watch(watch.portal)


def new_context(chromium, portal: Portal, *, width: int, scheme: str, script: bool = True, state=None):
    """Without movement: colours in the middle of a transition are nobody's design."""
    return chromium.new_context(
        base_url=portal.url,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        java_script_enabled=script,
        storage_state=state,
        locale="de-DE",
    )


@pytest.fixture(scope="session")
def cookies_of(chromium, portal):
    """Cookies of the demo person with a role, after one real login with all that it asks; none for a stranger."""
    known: dict = {"anonymous": None}

    def cookies(role: str):
        if role not in known:
            email = next(login.email for login in LOGINS if role in login.roles)
            known[role] = signed_in(chromium, portal, email)
        return known[role]

    return cookies


@pytest.fixture(scope="session")
def coordinator(cookies_of):
    return cookies_of("coordinator")


@pytest.fixture(scope="session")
def counsellor(cookies_of):
    return cookies_of("counsellor")


@pytest.fixture(scope="session")
def company(cookies_of):
    return cookies_of("company")


def signed_in(chromium, portal: Portal, email: str):
    """Cookies after a real login, for which nobody needs JavaScript."""
    context = new_context(chromium, portal, width=1280, scheme="light", script=False)
    log_in(context.new_page(), portal, email)
    state = context.storage_state()
    context.close()
    return state


def log_in(page, portal: Portal, email: str, path: str = "/kontakt/") -> None:
    """Through the login to a page."""
    page.goto(f"/konto/login/?next={path}")
    page.get_by_label("E-Mail").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    for _attempt in range(2):  # a code may end while it is typed
        if "/konto/" not in page.url:
            return
        answer = portal.manage("demo_code", email).stdout
        code = next(word for word in answer.split() if word.isdigit() and len(word) == 6)
        page.locator("input[name=code]").fill(code)
        page.locator("form:has(input[name=code]) button[type=submit]").first.click()
        page.wait_for_load_state()
    assert "/konto/" not in page.url, f"no way in: {page.url}\n{page.locator('main').inner_text()[:500]}"


def tab_to(page, selector: str, most: int = 60) -> None:
    """By the keyboard alone."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")
