"""What the victims of a campaign are called in tables and charts."""

from __future__ import annotations

from weaklink.store import Campaign


def is_chain(campaign: Campaign) -> bool:
    """Tell whether each victim can be known by its role alone."""
    roles = [victim.role for victim in campaign.victims]
    return len(roles) > 1 and len(set(roles)) == len(roles)


def full_names(campaign: Campaign) -> dict[str, str]:
    """Map each victim's name to the name with its role, where it has one in a chain."""
    chain = is_chain(campaign)
    return {v.name: f"{v.name} ({v.role})" if chain else v.name for v in campaign.victims}


def short_names(campaign: Campaign) -> dict[str, str]:
    """Map each victim's name to its role in a chain, else to itself."""
    chain = is_chain(campaign)
    return {v.name: v.role if chain else v.name for v in campaign.victims}


def audited(campaign: Campaign) -> str:
    """Return the name of the victim that the campaign is about: the last link of a chain."""
    last = campaign.victims[-1]
    return next((v.name for v in campaign.victims if v.role == "downstream"), last.name)
