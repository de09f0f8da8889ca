"""An LLM for the cards that rules leave open; what it claims is checked against the card."""

from weaklink.lineage.llm.prompt import PROMPT_VERSION, Claim, LineageAnswer
from weaklink.lineage.llm.reader import LlmReader

__all__ = ["PROMPT_VERSION", "Claim", "LineageAnswer", "LlmReader"]
