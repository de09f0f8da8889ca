"""A study as one page, as figures and as tables."""

from weaklink.report.study.folder import study_figures, study_tables, write_study_report

__all__ = ["study_figures", "study_tables", "write_study_report"]
