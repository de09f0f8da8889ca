"""Asks a service: once for each text, within the budget, and again where it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from weaklink.cache import digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.guards.deadline import within
from weaklink.hub.client import Pace, back_off, stated_wait
from weaklink.text.pairs import unmarked
from weaklink.victims.protocol import ModelGone
from weaklink.victims.remote.answers import RemoteAnswers, Sent, Spending
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.requests import Answer, Failed, Reply, Service, Tokens

T = TypeVar("T")

RETRIES, FIRST_RETRIES = 8, 2
"""How often a request is repeated, and how often the first one, which may go to a wrong address."""
_RETRIED = frozenset({408, 409, 424, 425, 429, 500, 502, 503, 504, 529})
_HOPELESS = frozenset({401, 402, 403, 404, 405, 407})
"""What a server answers to every text alike."""
_TOO_MUCH = frozenset({400, 413, 422})
_DEADLINE = 2
"""How many times the time to go on with an answer the whole answer may take."""


class Asker:
    """Asks one service, and keeps every answer.

    All threads wait where the server says how long. What is sent is counted before, and what came
    is on disk before it is handed on.

    Args:
        name: How the user named the victim.
        service: Whom to ask.
        options: How.
        pace: For tests; by default real time.

    Raises:
        WeaklinkError: There is a limit on the cost, and no price.
    """

    def __init__(
        self, name: str, service: Service, options: RemoteOptions, pace: Pace | None = None
    ) -> None:
        if options.max_cost is not None and not options.prices.known:
            raise WeaklinkError(
                "A limit on the cost needs prices.",
                "Give --price-in and --price-out for a million tokens, or --price-request.",
            )
        self._name, self._service, self._options = name, service, options
        self._pace = pace or Pace()
        self._answers = RemoteAnswers(options.answers_file)

    def answers(self, texts: Iterable[str], *, again: bool = False) -> dict[str, Answer]:
        """Return the answer for each text, asked now or before.

        Args:
            texts: The texts.
            again: Whether they are asked a second time, of which the answers are kept too.

        Raises:
            ModelGone: Nothing can be asked any more.
            WeaklinkError: The service has no answer for a text. All that came is kept.
        """
        questions = {text: self._question(text, again=again) for text in texts}
        wanted = {question: text for text, question in questions.items()}
        known = self._answers.known([*wanted])
        missing = [question for question in wanted if question not in known]
        size = self._service.batch
        parts = [missing[i : i + size] for i in range(0, len(missing), size)]
        with ThreadPoolExecutor(self._options.concurrency) as pool:
            asked = [pool.submit(self._ask, [(q, wanted[q]) for q in part]) for part in parts]
            try:
                for one in as_completed(asked):
                    known |= one.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return {text: known[question] for text, question in questions.items()}

    def first(self, text: str) -> Answer:
        """Return the answer for one text; a service that is not there is found out soon."""
        question = self._question(text)
        known = self._answers.known([question])
        return (known or self._ask([(question, text)], FIRST_RETRIES))[question]

    def _question(self, text: str, *, again: bool = False) -> str:
        asked = [unmarked(text), *(["again"] if again else [])]
        return digest_of_parts([*self._service.identity, *asked])

    def _ask(self, asked: Sequence[tuple[str, str]], retries: int = RETRIES) -> dict[str, Answer]:
        """Ask about texts in one request; where it is too much together, about each alone."""
        questions, texts = zip(*asked, strict=True)
        try:
            return self._sent(questions, texts, retries)
        except Failed as failed:
            if failed.status in _TOO_MUCH and len(asked) > 1:
                return {q: a for one in asked for q, a in self._ask([one], retries).items()}
            raise WeaklinkError(
                f"{self._name} gave no answer for a text of {len(texts[0]):,} characters: "
                f"{failed.why}.",
                "Run the same command again: what is stored is not asked again.",
            ) from None

    def _sent(
        self, questions: Sequence[str], texts: Sequence[str], retries: int
    ) -> dict[str, Answer]:
        worst = self._service.worst(texts)

        def send() -> Reply:
            sent = self._reserve(questions, worst)
            try:
                reply = self._service.request(texts)
            except Exception as error:
                refused = isinstance(error, Failed) and error.status and not error.malformed
                self._answers.settle(sent, Tokens() if refused else worst, {})
                raise
            found = dict(zip(questions, reply.answers, strict=True))
            self._answers.settle(sent, reply.used or worst, found)
            return reply

        reply = patiently(send, self._name, self._options.timeout, self._pace, retries)
        return dict(zip(questions, reply.answers, strict=True))

    def _reserve(self, questions: Sequence[str], worst: Tokens) -> Sent:
        sent = self._answers.reserve(self._name, questions, worst, self._allowed)
        if sent is None:
            spent = self._answers.spent()
            raise ModelGone(
                f"The budget for remote models is spent: {spent.requests:,} requests, "
                f"cost {self._options.prices.cost(*spent):.4f}.",
                "Raise --max-requests or --max-cost, and run the same command again: what is "
                "stored is not asked again.",
            )
        return sent

    def _allowed(self, spent: Spending) -> bool:
        most, limit = self._options.max_requests, self._options.max_cost
        fits = limit is None or self._options.prices.cost(*spent) <= limit
        return fits and (most is None or spent.requests <= most)


def patiently(
    send: Callable[[], T], name: str, timeout: float, pace: Pace, retries: int = RETRIES
) -> T:
    """Send a request, and again where the server fails or asks for patience.

    Args:
        send: Sends it once.
        name: The victim.
        timeout: Seconds that the server may take to go on with an answer.
        pace: Waits.
        retries: How often at most it is repeated.

    Raises:
        ModelGone: The server refuses whatever it is asked, or is not there.
        Failed: It refuses this request, or fails again and again.
    """
    answered = False
    for attempt in range(retries + 1):
        pace.wait()
        try:
            return within(timeout * _DEADLINE, send)
        except TimeoutError:
            failed = Failed(f"it took more than {timeout * _DEADLINE:g} seconds")
        except Failed as one:
            failed = one
        answered = answered or failed.status is not None or failed.malformed
        if failed.status in _HOPELESS:
            raise ModelGone(
                f"{name} refuses requests: {failed.why}.",
                "Check the name, the address and the key in the environment.",
            ) from None
        if failed.status is not None and failed.status not in _RETRIED:
            raise failed from None
        if attempt < retries:
            wait = None if failed.status is None else stated_wait(failed.status, failed.headers)
            if wait is None:
                pace.sleep(back_off(attempt))
            else:
                pace.hold(wait)
    if not answered:
        raise ModelGone(
            f"{name} cannot be reached: {failed.why}.",
            "Check the address, and that the server runs; the same command resumes.",
        ) from None
    raise Failed(f"{retries + 1} requests failed, the last one: {failed.why}") from None
