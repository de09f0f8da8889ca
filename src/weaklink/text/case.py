"""Keeping the case of a word that is replaced."""

from __future__ import annotations


def match_case(word: str, like: str) -> str:
    """Return ``word`` in the case of ``like``.

    >>> match_case("movie", "Film"), match_case("movie", "FILM"), match_case("movie", "film")
    ('Movie', 'MOVIE', 'movie')
    """
    if like.isupper() and len(like) > 1:
        return word.upper()
    if like[:1].isupper():
        return word[:1].upper() + word[1:]
    return word
