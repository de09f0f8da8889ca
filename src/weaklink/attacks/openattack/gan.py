"""OpenAttack's GAN: one noisy reconstruction."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from weaklink.attacks.asks import Decode, Invert, Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.openattack.tokens import COLLECTION, split_again, tokenise
from weaklink.attacks.rules.openattack.gan import CODE, RULES
from weaklink.generators import Inverted
from weaklink.text import Words

_STOP = "."


class OpenAttackGANParameters(Parameters):
    """See ``rules.openattack.gan``."""

    noise: float = Field(
        3.46, ge=0, description="Expected length of the noise, in lengths of the text's code"
    )
    max_tokens: int = Field(20, ge=1, description="Tokens read of a text; the others are dropped")


@attack(
    name="openattack-gan",
    collection=COLLECTION,
    languages=("en",),
    paper="OpenAttack 2.1.1, GANAttacker with its defaults, after Zhao et al. 2018, "
    "https://arxiv.org/abs/1710.11342",
    parameters=OpenAttackGANParameters,
    uses=("gan",),
    repetitions=3,
    code=CODE,
    rules=RULES,
    on_labels="loses nothing, since it looks at labels only",
)
def openattack_gan(words: Words, context: Context[OpenAttackGANParameters]) -> Steps[str | None]:
    """Reconstruct the text once with noise; a changed prediction is a success.

    Defects: nothing is searched, and no generative adversarial network takes part: by default
    OpenAttack encodes the text, adds noise of 3.46 times the code's length and decodes it, so that
    little of the text is left. A flip shows how poor the reconstruction is rather than how weak
    the victim. What follows the first full stop, and what
    is beyond the tokens read, is dropped. No bound keeps its meaning. The noise is drawn at random,
    so that repetitions differ.
    """
    parameters = context.parameters
    source = " ".join(tokenise(words).words[: parameters.max_tokens])
    inverted: Inverted = yield Invert(source)
    rng = np.random.default_rng(context.random.getrandbits(64))
    spread = parameters.noise * np.sqrt(np.mean(inverted.code**2))
    noisy = inverted.code + rng.normal(0, spread, inverted.code.shape)
    (decoded,) = yield Decode(noisy[None], source)
    tokens = split_again([decoded.lower()]).words
    end = tokens.index(_STOP) if _STOP in tokens else len(tokens)
    text = " ".join(tokens[:end])
    if not text:
        return None
    scores = yield Score((text,))
    return text if context.goal.reached(scores)[0] else None
