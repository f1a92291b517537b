"""Keeps the libraries' log lines out of a command's answer; what goes wrong is told in one line of its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def quiet() -> Iterator[None]:
    """Log nothing inside, and as before afterwards."""
    before, was_configured, disabled = structlog.get_config(), structlog.is_configured(), logging.root.manager.disable
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(disabled)
        if was_configured:
            structlog.configure(**before)
        else:
            structlog.reset_defaults()
