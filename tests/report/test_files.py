import pytest

from weaklink.errors import WeaklinkError
from weaklink.files import write_atomically


def test_a_file_is_written_whole_and_nothing_else_stays(tmp_path):
    path = tmp_path / "report.html"
    write_atomically(path, "first")
    write_atomically(path, "second ✓\n")
    assert path.read_bytes() == "second ✓\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named_with_what_to_do(tmp_path):
    with pytest.raises(WeaklinkError, match="No such file or directory") as caught:
        write_atomically(tmp_path / "none" / "report.html", "text")
    assert "report.html" in caught.value.problem
    assert "folder" in caught.value.remedy


def test_what_stood_there_stays_if_writing_fails(tmp_path):
    path = tmp_path / "report.html"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(WeaklinkError):
        write_atomically(path, "text")
    assert (path / "kept").exists()
    assert list(tmp_path.iterdir()) == [path]
