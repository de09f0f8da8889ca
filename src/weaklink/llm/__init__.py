"""An LLM behind any OpenAI-compatible endpoint: the endpoint, its cost, the answers it gave."""

from weaklink.llm.answers import Answers
from weaklink.llm.budget import Budget
from weaklink.llm.endpoint import Endpoint, Said, address_of, chat, complete

__all__ = ["Answers", "Budget", "Endpoint", "Said", "address_of", "chat", "complete"]
