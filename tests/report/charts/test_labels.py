"""Names in charts: none is cut by the edge of its drawing, and none is lost beside its like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.study.planted import planted_results, planted_study
from weaklink.report.charts.all_charts import all_charts
from weaklink.report.charts.dot_plot import ChartLayout, Dot, dot_plot
from weaklink.report.charts.heat_map import Tile, heat_map
from weaklink.report.charts.labels import labels_of, shortened, width_of
from weaklink.report.charts.marks import SHARES, WIDE
from weaklink.report.charts.stacked_bars import Part, stacked_bars

LONG = [
    "textattack/bert-base-multilingual-uncased-sentiment-rotten-tomatoes-finetuned-imdb",
    "textattack/bert-base-multilingual-uncased-sentiment-yelp-polarity-finetuned-imdb-2",
    "ORGANISATION/DEBERTA-V3-LARGE-MNLI-FEVER-ANLI-LING-WANLI-BINARY-CLASSIFICATION-V2",
    "组织/中文情感分类模型基于罗伯塔大型全词遮罩预训练并在酒店评论与外卖评论上微调的第二个版本以及更多更多更多更多更多更多",
    "조직/한국어-감성-분류-모델-네이버-영화-리뷰로-미세-조정된-버전-이-그리고-더-많은-이름-이-여기에-있습니다-정말로-길어요",
    "संगठन/हिन्दी-भावना-वर्गीकरण-मॉडल-समीक्षाओं-पर-सूक्ष्म-समायोजित-संस्करण-दो-और-भी-बहुत-कुछ",
]
BEYOND = """[...document.querySelectorAll("svg")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1;
  }).map((text) => [svg.parentElement.id, text.textContent]);
})"""
OVER = """[...document.querySelectorAll(".role-axis-label")].flatMap((axis) => {
  const boxes = [...axis.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
  return boxes.slice(1).filter((box, at) => box.left < boxes[at].right + 4
    && box.top < boxes[at].bottom && boxes[at].left < box.right && boxes[at].top < box.bottom);
}).length"""


def dots(rows, series):
    return [Dot(row, name, 0.5, 0.4, 0.6, "50.0") for row in rows for name in series]


def long_study():
    """Return the charts of a study whose models, attacks and data sets all have long names."""
    written = planted_results().model_dump_json()
    for name, long in zip(("up", "down", "alone", "pwws", "d1"), LONG, strict=False):
        written = written.replace(f'"{name}"', f'"{long}"')
    return all_charts(planted_study(), type(planted_results()).model_validate_json(written))


def drawings():
    yield "dots", dot_plot("", "", dots(LONG, ["asr_all"]), SHARES)
    yield "models", dot_plot("", "", dots(["pwws", "textfooler"], LONG), SHARES)
    narrow = dots(["textfooler"], ["sample transfer", "downstream: all samples"])
    yield "narrow", dot_plot("", "", narrow, SHARES, ChartLayout(WIDE))
    yield "both", dot_plot("", "", dots(LONG[:3], LONG[2:5]), SHARES)
    tiles = [Tile(row, column, 0.5, "50.0 %", "", "") for row in LONG for column in LONG]
    yield "tiles", heat_map("", tiles, 420)
    yield "bars", stacked_bars("", [Part(row, 0, 1.0, "", "") for row in LONG], "attacks", 420)
    yield from long_study().items()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return where a page with a drawing of each kind is."""
    page = tmp_path_factory.mktemp("drawn") / "page.html"
    figures = "".join(f'<p id="{name}">{figure.svg()}</p>' for name, figure in drawings())
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{figures}", encoding="utf-8")
    return page.as_uri()


def test_every_word_is_within_its_drawing(browser, drawn):
    browser.open(drawn)
    browser.until("document.readyState === 'complete'")
    assert browser.evaluate("document.querySelectorAll('svg').length") > 8
    assert browser.evaluate(BEYOND) == []
    assert browser.evaluate(OVER) == 0


def test_the_pointer_and_the_screen_reader_get_the_whole_name():
    figure = long_study()["figure_6_models"]
    assert LONG[0] in figure.description
    assert any(LONG[0] in row["hover"] for row in figure.chart.layer[-1].data.values)


@given(st.lists(st.text(max_size=80)), st.integers(60, 200))
def test_names_stay_apart_and_fit(names, pixels):
    labels = labels_of(names, pixels)
    assert [*labels] == [*dict.fromkeys(names)]
    assert len(set(labels.values())) == len(labels)
    assert all(width_of(label) <= pixels for label in labels.values())


@given(st.text(min_size=1, max_size=200), st.integers(40, 200))
def test_a_name_is_whole_where_there_is_room(name, pixels):
    label = shortened(name, pixels)
    assert ("…" in label) == (width_of(name) > pixels) or "…" in name or not name.isprintable()
