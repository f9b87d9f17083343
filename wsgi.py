"""The application for a WSGI server: `gunicorn wsgi:app`."""

import gc
import os

from eventsvc.app import create_app
from eventsvc.config import Settings

app = create_app(Settings.from_env(os.environ))

# What is loaded now stays for good: the collector need not look through it again with every few requests.
gc.collect()
gc.freeze()
