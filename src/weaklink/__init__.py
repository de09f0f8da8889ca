"""weaklink: adversarial robustness of text classifiers, measured along their fine-tuning chains."""

import os
from typing import TYPE_CHECKING

from weaklink import idle_threads
from weaklink.lazy import importer
from weaklink.version import __version__

# Else the threads of numpy's OpenBLAS spin for some 25 ms after each product, in the models' way.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
# Else transformers runs code from the Hub for some architectures where `kernels` is installed.
os.environ.setdefault("USE_HUB_KERNELS", "0")

idle_threads.choose()

if TYPE_CHECKING:
    from weaklink.campaigns import AuditResult, audit
    from weaklink.campaigns.python.compare import compare
    from weaklink.campaigns.python.forecast import forecast
    from weaklink.campaigns.python.single import attack
    from weaklink.campaigns.python.stored import open_store, read_results, read_study
    from weaklink.errors import WeaklinkError
    from weaklink.lineage import Lineage
    from weaklink.store.studies import Study

_MODULES = {
    "AuditResult": "campaigns",
    "Lineage": "lineage",
    "Study": "store.studies",
    "WeaklinkError": "errors",
    "attack": "campaigns.python.single",
    "audit": "campaigns",
    "compare": "campaigns.python.compare",
    "forecast": "campaigns.python.forecast",
    "open_store": "campaigns.python.stored",
    "read_results": "campaigns.python.stored",
    "read_study": "campaigns.python.stored",
}

__all__ = [
    "AuditResult",
    "Lineage",
    "Study",
    "WeaklinkError",
    "__version__",
    "attack",
    "audit",
    "compare",
    "forecast",
    "open_store",
    "read_results",
    "read_study",
]

__getattr__ = importer(__name__, _MODULES)


def __dir__() -> list[str]:
    """Name what can be imported, for completion."""
    return sorted({*globals(), *__all__})
