"""Texts in many scripts, for properties that hold in any."""

from hypothesis import strategies as st

SCRIPTS = {
    "Latin": "abcdeéñßøąœ",
    "Latin, marks apart": "ae\u0301\u0302on\u0303\u0327",
    "Greek": "αβγάές",
    "Cyrillic": "абвгйёї",
    "Arabic": "سلامعربيڪّ\u064e\u200c\u0640",
    "Hebrew": 'שלוםה\u05b8\u05bc\u05f4"',
    "Devanagari": "नमसतदिुी\u094dक्षफ़",
    "Bengali": "বাংলক\u09cdষি\u09bf",
    "Tamil": "தமிழ\u0bcdநூ",
    "Ethiopic": "ሰላምዓለ",
    "Hangul": "안녕영화ㅎ\u1112\u1161\u11ab",
    "Han": "这部电影非常好看國々𠮷",
    "Japanese": "今日は天気がいいですカメラーｶﾞ映画",
    "Thai": "ภาพยนตร์สนุกมาก",
    "Khmer": "ខ្ញុំចូលចិត្ត",
    "Myanmar": "မြန်မာစာလွယ်",
}
"""Letters and marks of each."""

BETWEEN = " .,!?'’-_\n·،。、！？「」।\u200b\u200d\ufe0f😀1٣3"


def texts(script: str) -> st.SearchStrategy[str]:
    """Return texts of a script with what may stand between words."""
    return st.text(st.sampled_from(SCRIPTS[script] + BETWEEN), max_size=40)
