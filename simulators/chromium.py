"""The browser in which benches look at pages, as workers and supervisors do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

FLAGS = ("--no-sandbox", "--disable-gpu")


def chromium_path() -> str | None:
    """Where this machine's Chromium is; CHROMIUM names another."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def driven() -> Iterator[tuple[Any, str]]:
    """Playwright's own starter of Chromium, and where the browser is; ClickException where either is missing."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only development machines have it
    except ImportError as error:
        raise click.ClickException("This bench needs Playwright: pip install playwright.") from error
    path = chromium_path()
    if path is None:
        raise click.ClickException("This bench needs Chromium: install it, or name it in CHROMIUM.")
    with sync_playwright() as running:
        yield running.chromium, path
