"""weaklink: adversarial robustness of text classifiers, measured along their fine-tuning chains."""

from importlib.metadata import version

__version__ = version("weaklink")
