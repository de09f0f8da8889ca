"""The conformance suite's assertions explain themselves as those of a test file do."""

import pytest

pytest.register_assert_rewrite("weaklink.testing.stores", "weaklink.testing.leases")
