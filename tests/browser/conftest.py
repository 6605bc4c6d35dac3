"""A student's workspace, JupyterLab on it, and a real browser that looks at it."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from labkit.aws_settings import LOCAL_KEYS
from labkit.course import workspace

SCREENSHOTS = Path(__file__).parents[2] / "output" / "screenshots"
VIEW: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 100  # seconds
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No sandbox, since CI runs as root; nothing in the background, since there is no network.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# All cells are in the page, not only those that would be seen on a screen.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@dataclass(frozen=True)
class JupyterLab:
    """A running JupyterLab: its address, and the token that it wants."""

    url: str
    token: str


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    """JupyterLab on a new workspace, with a home of its own."""
    home = tmp_path_factory.mktemp("home")
    workspace.start(home / "lab")
    for name, setting in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting))
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, environment = workspace.jupyterlab(home / "lab")
    options = ["--no-browser", "--allow-root", "--LabApp.expose_app_in_browser=True"]
    server = subprocess.Popen(
        [*command, *options, f"--port={port}", f"--IdentityProvider.token={token}"],
        env={name: value for name, value in environment.items() if name not in LOCAL_KEYS}
        | {"HOME": str(home), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    said = []
    for line in server.stderr:  # it says where it listens as soon as it does
        said.append(line)
        if "is running at" in line:
            break
    assert server.poll() is None, "".join(said)
    drain = subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)
    yield JupyterLab(f"http://127.0.0.1:{port}", token)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/shutdown",
        method="POST",
        headers={"Authorization": f"token {token}"},
    )
    urllib.request.urlopen(request).close()
    assert server.wait(timeout=30) == 0
    server.stderr.close()
    drain.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, the one of the system."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, f"No browser: install one of {', '.join(BROWSERS)}."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def page(browser: Browser, jupyterlab: JupyterLab) -> Iterator[Page]:
    """A page with JupyterLab in it, which a student opens one notebook after the other in."""
    opened = browser.new_page(viewport=VIEW)
    opened.set_default_timeout(PATIENCE * 1000)
    opened.goto(f"{jupyterlab.url}/lab?token={jupyterlab.token}&reset")
    opened.wait_for_function("() => window.jupyterapp !== undefined")
    yield opened
    opened.close()
