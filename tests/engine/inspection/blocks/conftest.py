"""As with networks elsewhere: one thread."""

from tests.engine.models.conftest import one_thread as one_thread
