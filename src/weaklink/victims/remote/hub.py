"""Classifiers that the Hub runs (``hf:owner/model``), asked by huggingface_hub's own client.

The paper attacked its models in this way (Qin et al. 2024, section 5.1.2).

The protocol for text classification has one text in a request. A server that hands its inputs to
transformers' pipeline, as the Hub's own toolkit for endpoints does
(https://github.com/huggingface/huggingface-inference-toolkit), also reads what the pipeline reads:
a list of texts, and pairs as ``{"text": ..., "text_pair": ...}``. It answers a single text with a
list in which the client finds the likeliest label alone; a list of one text, as it is asked then,
is answered in the form that the client reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import InferenceClient, constants, get_token
from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError

from weaklink.errors import WeaklinkError
from weaklink.guards.addresses import check_address, public
from weaklink.guards.hub_client import check_hub_answers
from weaklink.text.pairs import segments
from weaklink.victims.local.source import locate
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.posting import scored
from weaklink.victims.remote.requests import Failed, Reply, Tokens, cleaned

_PROVIDER: Final = "hf-inference"
_OF_HUGGING_FACE = (".huggingface.co", ".huggingface.cloud")
"""Where the Hub's token may be sent, besides the Hub itself."""
_MOST_LABELS = 200
_REFUSED = frozenset({400, 422})
"""What servers answer to a form of inputs that they do not know."""
_NO_KEY = "none"


class HubService:
    """A classifier that the Hub, or a dedicated endpoint, runs.

    Args:
        name: How the user named the victim.
        repository: The model's id on the Hub.
        address: A dedicated endpoint that serves it; None: the Hub's serverless inference, which
            serves the newest revision.
        options: How it is asked.

    Raises:
        WeaklinkError: The Hub has no such model, or the address is none.
    """

    def __init__(
        self, name: str, repository: str, address: str | None, options: RemoteOptions
    ) -> None:
        check_hub_answers()
        if "@" in repository:
            raise WeaklinkError(
                f"{name} names a revision, and the Hub runs the newest one only.",
                "Leave the revision out, or give the model without hf: to run it here.",
            )
        self.labels: tuple[str, ...] | None = None
        revision = "not told"
        if address is None:
            source = locate(repository)
            revision = source.revision or "not told"
            self.labels = _labels((source.folder / "config.json").read_text("utf-8"))
            proxy = constants.INFERENCE_PROXY_TEMPLATE.format(provider=_PROVIDER)
            address = f"{proxy}/models/{repository}"
        else:
            check_address(address, "Give the address of the endpoint with --base-url.")
        token = (get_token() or "") if _may_see_token(address) else ""
        self._name, self._secrets = name, [token]
        self._listed = self._paired = False
        self.no_texts = self.no_pairs = ""
        self._client = InferenceClient(
            model=address, provider=_PROVIDER, token=token or _NO_KEY, timeout=options.timeout
        )
        shown = public(address)
        self.batch = 1
        self.identity = ("hf", repository, shown, revision)
        self.details = {"source": f"inference at {shown}", "revision": revision}

    def worst(self, _: Sequence[str]) -> Tokens:
        """Return no tokens: the Hub does not charge by tokens."""
        return Tokens()

    def request(self, texts: Sequence[str]) -> Reply:
        """Send one request for one text; see ``Service``.

        Raises:
            WeaklinkError: The server has never answered a pair, and refuses one.
        """
        (text,) = texts
        try:
            found = self._found(text)
        except InferenceTimeoutError:
            raise Failed("it took too long") from None
        except HfHubHTTPError as error:
            status = error.response.status_code
            said = cleaned(error.response.text, self._secrets)
            headers = {name.lower(): value for name, value in error.response.headers.items()}
            if status in _REFUSED and len(segments(text)) > 1 and not self._paired:
                raise self._no_pairs(f"status {status}: {said}") from None
            raise Failed(f"status {status}: {said}", status, headers) from None
        except httpx2.HTTPError as error:
            raise Failed(f"{type(error).__name__}") from None
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            raise Failed("its answer has another form", malformed=True) from None
        return Reply([{"scores": scored(found)}])

    def _found(self, text: str) -> list[dict[str, object]]:
        """Return labels and scores; a server that answers a text in another form is asked again."""
        first, *others = segments(text)
        if others:
            found = self._classified([{"text": first, "text_pair": others[0]}])
            self._paired = True
        elif self._listed or not isinstance(found := self._classified(text), list):
            found = self._classified([text])
            self._listed = True
        return [{"label": one.label, "score": one.score} for one in found]

    def _classified(self, inputs: Any) -> Any:  # noqa: ANN401 - more forms than the client names
        return self._client.text_classification(inputs, top_k=_MOST_LABELS)

    def _no_pairs(self, said: str) -> WeaklinkError:
        return WeaklinkError(
            f"{self._name} refuses a pair of texts ({said}). The Hub's protocol for text "
            "classification has one text in a request and no place for a second; this server does "
            "not read more than the protocol has.",
            "Give the model without hf: to run it here, or an endpoint that hands its inputs to "
            "transformers' pipeline.",
        )


def _may_see_token(address: str) -> bool:
    """Return whether a server is the Hub's, which alone may see the Hub's token."""
    parts = urlsplit(address)
    host = f".{parts.hostname}"
    hubs = (*_OF_HUGGING_FACE, f".{urlsplit(constants.ENDPOINT).hostname}")
    return parts.scheme == "https" and any(host.endswith(end) for end in hubs)


def _labels(config: str) -> tuple[str, ...] | None:
    """Return the labels in the order of the model's configuration, if it names them."""
    names = json.loads(config).get("id2label")
    if not names:
        return None
    return tuple(str(names[number]) for number in sorted(names, key=int))
