"""Whatever a Hub answers, no file is written outside of the client's cache."""

import contextlib

import pytest
from huggingface_hub.utils import close_session

from weaklink.errors import WeaklinkError
from weaklink.models.files import find_model
from weaklink.victims import load_victim

from .hostile_hub import COMMIT, FILES, hostile_hub

OUT = "../../../../out/written"
FORMS = {
    "etag": {"headers": {"ETag": f'"{OUT}"'}},
    "linked etag": {"headers": {"X-Linked-Etag": OUT}},
    "weak etag": {"headers": {"ETag": f'W/"{OUT}"'}},
    "absolute etag": {"headers": {"ETag": '"/{out}/written"'}},
    "commit": {"headers": {"X-Repo-Commit": OUT}},
    "commit of a missing file": {"headers": {"X-Repo-Commit": OUT}, "files": {}},
    "commit of the API": {"sha": OUT},
    "absolute commit": {"sha": "/{out}"},
    "name of a file": {"files": FILES | {f"{OUT}.json": b"{}"}},
    "digest in the listing": {
        "entry": {
            "lfs": {"oid": OUT, "size": 2, "pointerSize": 9},
            "xetHash": "0" * 64,
        }
    },
    "commit that is a number": {"sha": 7},
}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A Hub cache of its own, beside a folder that nothing may be written to."""
    out = tmp_path / "out"
    out.mkdir()
    folder = tmp_path / "home" / "hub"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    yield folder
    close_session()


def inside(folder, root):
    """Return the files below the root that are not in the folder."""
    return [path for path in root.rglob("*") if path.is_file() and folder not in path.parents]


def filled(form, out):
    headers = {k: v.replace("{out}", str(out)) for k, v in form.get("headers", {}).items()}
    sha = str(form["sha"]).replace("{out}", str(out)) if "sha" in form else COMMIT
    return {**form, "headers": headers, "sha": sha}


@pytest.mark.parametrize("load", [load_victim, lambda name: find_model(name, "encoder")])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_no_answer_names_a_path(form, load, cache, tmp_path, monkeypatch):
    with hostile_hub(**filled(form, tmp_path / "out")) as address:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        with contextlib.suppress(WeaklinkError):
            load("o/m")
    assert inside(cache, tmp_path) == []
