import html
import re
import shutil
import subprocess

import pytest

from weaklink.report import write_report

from .planted import figures_of, hostile

CHROMIUM = shutil.which("chromium")
ATTACK = "</script><script>document.title = 'owned'</script><img src=x onerror=alert(1)>"


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_list_is_shown_and_hostile_text_does_nothing(tmp_path):
    study = hostile(ATTACK)
    write_report(tmp_path / "report.html", study, figures_of(study))
    shown = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=9000", "--dump-dom", (tmp_path / "report.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert re.search(r"<title>Adversarial robustness of ", shown)
    total = study.outcomes.count()
    assert f"{total} of {total} outcomes" in shown
    assert shown.count('class="row"') >= 10
    assert "<img" not in shown
    assert shown.count("<script") == 2
    assert "<ins>" in shown
    assert html.escape(ATTACK, quote=False) in shown
