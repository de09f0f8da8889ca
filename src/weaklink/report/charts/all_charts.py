"""All charts of a report, by their names among files."""

from __future__ import annotations

from itertools import chain

from altair.utils.schemapi import debug_mode

from weaklink.measures.results import Results
from weaklink.report.charts.chain_charts import chain_charts
from weaklink.report.charts.robustness_charts import robustness_charts
from weaklink.report.charts.scenario_charts import scenario_charts
from weaklink.report.charts.selection_chart import selection_chart
from weaklink.report.svg import Figure
from weaklink.store.studies import Study


def all_charts(study: Study, results: Results) -> dict[str, Figure]:
    """Return every chart that there are figures for, by its name among files.

    The tests check charts against Vega-Lite's schema. Each report would take a second for it.
    """
    with debug_mode(arg=False):
        return dict(
            chain(
                selection_chart(study.record),
                robustness_charts(results),
                scenario_charts(results),
                chain_charts(results),
            )
        )
