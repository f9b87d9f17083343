"""The door for WSGI servers."""

import os

from eventsvc.app import create_app
from eventsvc.config import Settings

app = create_app(Settings.from_env(os.environ))
