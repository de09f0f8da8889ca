"""A report as one HTML file that opens from disk and asks the network for nothing."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from weaklink.files import write_atomically
from weaklink.measures import Summary
from weaklink.report import tables
from weaklink.report.answer import plain_answer
from weaklink.report.browser import browser_data
from weaklink.report.charts import asr_figures, chain_figures, query_figures
from weaklink.report.definitions import DEFINITIONS
from weaklink.report.html import environment, policy, source
from weaklink.report.notices import notices
from weaklink.report.spread import query_spreads
from weaklink.store import Campaign, Outcome


def write_report(path: Path, summary: Summary, outcomes: Iterable[Outcome]) -> None:
    """Write the report of a campaign to ``path``, in one step.

    Raises:
        WeaklinkError: The file cannot be written; what stood there before stays.
    """
    write_atomically(path, to_html(summary, outcomes))


def to_html(summary: Summary, outcomes: Iterable[Outcome]) -> str:
    """Return the page.

    Every value that a template prints is made visible and escaped; the only markup that enters
    from here are the charts, and the style, the script and the data, each safe in its place.
    """
    campaign = summary.campaign
    outcomes = _in_order(campaign, outcomes)
    spreads = query_spreads(outcomes)
    templates = environment()
    style, script = source(templates, "page.css"), source(templates, "page.js")
    return templates.get_template("page.html").render(
        policy=policy(style, script),
        style=style,
        script=script,
        data=browser_data(outcomes, summary.bounds),
        outcomes=len(outcomes),
        campaign=campaign,
        answer=plain_answer(summary),
        notices=notices(summary),
        victims=tables.victim_table(summary),
        attacks=tables.attack_table(summary),
        statuses=tables.status_table(summary),
        links=tables.chain_tables(summary),
        queries=tables.query_table(summary, spreads),
        language_models=[digest[:12] for digest in summary.language_models],
        quality=tables.quality_table(summary),
        asr_figures=asr_figures(summary),
        chain_figures=chain_figures(summary),
        query_figures=query_figures(summary, spreads),
        definitions=DEFINITIONS,
        command=audit_command(campaign),
    )


def audit_command(campaign: Campaign) -> str:
    """Return the command that asks for this campaign; its parameters are in the attack records."""
    upstream = [victim.name for victim in campaign.victims if victim.role == "upstream"]
    words = ["weaklink", "audit"]
    words += [victim.name for victim in campaign.victims if victim.role != "upstream"]
    words += [word for name in upstream for word in ("--upstream", name)]
    words += ["--data", campaign.data.name, "--split", campaign.data.split]
    words += ["--samples", str(len(campaign.data.sample_ids))]
    words += ["--attacks", ",".join(attack.name for attack in campaign.attacks)]
    words += ["--seed", str(campaign.seed)]
    if campaign.target is not None:
        words += ["--target", campaign.target]
    if campaign.max_queries is not None:
        words += ["--max-queries", str(campaign.max_queries)]
    return shlex.join(words)


def _in_order(campaign: Campaign, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes that the campaign asks for, in its order."""
    found = {outcome.key: outcome for outcome in outcomes}
    return [found[key] for key in dict.fromkeys(campaign.keys()) if key in found]
