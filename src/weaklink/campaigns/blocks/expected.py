"""How long a campaign will take, said before its first attack."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from weaklink.campaigns.plan.duration import UNCERTAINTY, working_seconds
from weaklink.campaigns.plan.plan import AttackPlan, DataPlan, ModelPlan, Plan, tokens_of
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset
from weaklink.models.encoder import Encoder
from weaklink.store import Campaign
from weaklink.text import Words
from weaklink.text.spans import span

_PROBED = 16
"""Texts that the encoder is timed on."""


def expected(
    spec: Specification,
    campaigns: Sequence[tuple[Campaign, Dataset]],
    costs: Mapping[str, float],
    pairs: int,
    pending: int,
    encoder: Encoder,
) -> str | None:
    """Return how long the pending attempts take, as a sentence; None if there are none.

    Args:
        spec: What is asked for.
        campaigns: The campaigns with their data.
        costs: Seconds that one token costs each model, by name: measured in its trust checks.
        pairs: Links along which texts are replayed.
        pending: Attempts that are not made yet.
        encoder: Is timed on a few samples.
    """
    if not pending or not campaigns:
        return None
    words = {
        data.name: [len(Words.split(sample.segment)) for sample in data.samples]
        for _, data in campaigns
    }
    token = _token_seconds(encoder, campaigns[0][1])
    attacks = {
        attack.name: attack.repetitions for campaign, _ in campaigns for attack in campaign.attacks
    }
    made = {data.name: {one.name for one in campaign.attacks} for campaign, data in campaigns}
    names = {victim.name for campaign, _ in campaigns for victim in campaign.victims}
    plan = Plan(
        models=[ModelPlan(one, "", 0, costs.get(one, token) / token, 10**6) for one in names],
        chains={},
        pairs=pairs,
        data=[
            DataPlan(name, counts, left_out=attacks.keys() - made[name])
            for name, counts in words.items()
        ],
        attacks=[AttackPlan(name, times) for name, times in attacks.items()],
        max_queries=spec.max_queries,
        text_transfer=spec.text_transfer,
        fluency=spec.language_model is not None,
        training=[],
        stored=0,
        token_seconds=token,
    )
    share = pending / max(1, sum(campaign.size for campaign, _ in campaigns))
    seconds = share * working_seconds(plan)
    between = f"{span(seconds / UNCERTAINTY)} to {span(seconds * UNCERTAINTY)}"
    stop = f"; stops after {spec.max_minutes:g} min" if spec.max_minutes is not None else ""
    return f"Expected: {between} for {pending:,} attempts{stop}."


def token_seconds(seconds: float, texts: Sequence[str]) -> float:
    """Return what one token cost a model that took so long for some texts."""
    return seconds / sum(tokens_of(len(Words.split(text))) for text in texts)


def _token_seconds(encoder: Encoder, data: Dataset) -> float:
    texts = [sample.segment for sample in data.samples[:_PROBED]]
    rows = encoder.encode(texts)
    began = time.perf_counter()
    encoder.forward(rows)
    return token_seconds(time.perf_counter() - began, texts)
