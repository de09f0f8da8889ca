from importlib.metadata import version


def test_the_version_is_that_of_the_package(cli):
    ran = cli("--version")
    assert (ran.status, ran.out) == (0, f"weaklink {version('weaklink')}\n")
