"""Where log lines go: a file in the data folder, never the screen."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

SIZE_BYTES_MAX = 2_000_000
FILES_KEPT = 3


def log_to(file: Path) -> None:
    """Send all logging to `file`, before anything else can send it to the screen."""
    # Names and e-mail addresses live in this folder: it is for nobody else to read.
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        file, maxBytes=SIZE_BYTES_MAX, backupCount=FILES_KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
