"""Hostile text is made visible before it is printed."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from weaklink.text.display import visible


def test_escapes_what_could_act_on_a_terminal():
    hostile = "\x1b]0;title\x07 \x1b[2J\r\n\x9b1m a\u202eb\u200d \u2028"
    assert visible(hostile) == (r"\x1b]0;title\x07 \x1b[2J\r\n\x9b1m a\u202eb\u200d \u2028")


def test_keeps_what_can_be_seen():
    text = "Été [bold]naïve[/bold] 映画 👍 e\u0301"
    assert visible(text) == text


@given(st.text())
def test_nothing_invisible_is_left(text):
    assert not {unicodedata.category(c)[0] for c in visible(text)} & {"C"}
    assert len(visible(text).splitlines()) <= 1
    assert visible(text) == "".join(map(visible, text))
