"""What these tests compute is small: more threads than one would wait for each other."""

from tests.engine.models.conftest import one_thread as one_thread
