import multiprocessing

import pytest

from tests.campaigns.studies.small_study import HERE, write_data


@pytest.fixture(autouse=True)
def charts(undrawn):
    """Reports are written, and no test here looks at a chart."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data") / "data.csv")


@pytest.fixture(scope="session")
def run():
    """Run a study in a process of its own, to be killed where ``death`` is, if any."""
    from tests.campaigns.studies.killable_study import LATE, study

    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([HERE, *LATE])

    def run(folder, spec, death=None, *, report=False):
        process = processes.Process(
            target=study, args=(folder, spec, death), kwargs={"report": report}
        )
        process.start()
        process.join()
        return process.exitcode

    return run
