"""Stand-ins for the server's binary: shell scripts that say and do one thing."""

import io
import zipfile
from pathlib import Path


def speaking(version: str) -> str:
    """A binary that only knows its version."""
    return f'#!/bin/sh\necho "TigerBeetle version {version}+0000000"\n'


def write_script(path: Path, script: str) -> Path:
    """Make `script` a program at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return path


def fake_server(path: Path, *, when_formatting: str = "", when_starting: str = "") -> Path:
    """A server of shell commands; it formats well and fails to start, unless told otherwise."""
    return write_script(
        path / "tigerbeetle",
        f"""#!/bin/sh
for last; do :; done
case "$1" in
version) echo "TigerBeetle version 0.17.1+0000000" ;;
format) {when_formatting or 'echo data > "$last"'} ;;
start) {when_starting or "exit 3"} ;;
esac
""",
    )


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A zip archive of `members`, by their names in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
