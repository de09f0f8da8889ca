"""The cache folder and digests."""

import multiprocessing
import os
import time

import pytest

from weaklink.cache import (
    cache_folder,
    digest_of_file,
    digest_of_folder,
    digest_of_parts,
    make_folder,
)


def test_the_variable_names_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("WEAKLINK_CACHE")
    assert cache_folder().name == "weaklink"


def test_digest_of_parts_tells_where_parts_end():
    assert digest_of_parts(["ab", "c"]) != digest_of_parts(["a", "bc"])
    assert digest_of_parts(["a\ud800"]) != digest_of_parts(["a"])


def test_digest_of_folder_depends_on_names_and_bytes_alone(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "sub" / "file").write_text("text")
    (tmp_path / "two" / ".hidden").write_text("not counted")
    (tmp_path / "two" / "module.pyc").write_text("not counted")
    one = digest_of_folder(tmp_path / "one")
    assert digest_of_folder(tmp_path / "two") == one
    (tmp_path / "two" / "sub" / "file").write_text("other")
    assert digest_of_folder(tmp_path / "two") != one
    (tmp_path / "two" / "sub" / "file").write_text("text")
    (tmp_path / "two" / "sub" / "file").rename(tmp_path / "two" / "sub" / "renamed")
    assert digest_of_folder(tmp_path / "two") != one


def test_digest_of_file_is_sha256(tmp_path):
    (tmp_path / "empty").touch()
    assert digest_of_file(tmp_path / "empty").startswith("e3b0c44298fc1c149afbf4c8996fb924")


def test_a_folder_is_filled_once_or_anew(tmp_path):
    folder = tmp_path / "deep" / "folder"
    assert make_folder(folder, lambda f: (f / "x").write_text("1")) == folder
    make_folder(folder, lambda f: (f / "x").write_text("2"))
    assert (folder / "x").read_text() == "1"
    make_folder(folder, lambda f: (f / "y").write_text("3"), again=True)
    assert [path.name for path in folder.iterdir()] == ["y"]


def test_a_folder_that_could_not_be_filled_is_not_there(tmp_path):
    def fail(folder):
        (folder / "half").write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        make_folder(tmp_path / "folder", fail)
    assert [path.name for path in tmp_path.iterdir()] == [".folder.lock"]
    make_folder(tmp_path / "folder", lambda f: (f / "whole").touch())
    with pytest.raises(OSError, match="disk full"):
        make_folder(tmp_path / "folder", fail, again=True)
    assert (tmp_path / "folder" / "whole").exists()


def _slow_fill(folder):
    (folder / str(os.getpid())).touch()
    time.sleep(0.2)


def _make(folder):
    make_folder(folder, _slow_fill)


def test_processes_that_want_the_same_folder_fill_it_once(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_make, args=(tmp_path / "folder",)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(list((tmp_path / "folder").iterdir())) == 1
