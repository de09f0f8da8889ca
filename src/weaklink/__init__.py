"""weaklink: adversarial robustness of text classifiers, measured along their fine-tuning chains."""

import os
from typing import TYPE_CHECKING, Any

from weaklink.version import __version__

# Else the threads of numpy's OpenBLAS spin for some 25 ms after each product, in the models' way.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
# Else transformers runs code from the Hub for some architectures where `kernels` is installed.
os.environ.setdefault("USE_HUB_KERNELS", "0")

if TYPE_CHECKING:
    from weaklink.campaigns import AuditResult, attack_text, audit
    from weaklink.measures import read_results

__all__ = ["AuditResult", "__version__", "attack_text", "audit", "read_results"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import the library when it is first used, so that ``weaklink --help`` need not wait."""
    if name == "read_results":
        from weaklink.measures import read_results

        return read_results
    if name in __all__:
        from weaklink import campaigns

        return getattr(campaigns, name)
    raise AttributeError(f"module 'weaklink' has no attribute {name!r}")
