import pytest
import torch

from weaklink.campaigns.executors.ray_room import bound_memory, gpus_of, room_for

LAPTOP, SERVER = {"CPU": 4.0, "memory": 1e9}, {"CPU": 192.0, "GPU": 8.0}


@pytest.mark.parametrize(
    ("cluster", "cpus", "gpus", "room"),
    [
        ([LAPTOP], 1, 0, 4),
        ([LAPTOP], 0.1, 0, 40),
        ([LAPTOP], 3, 0, 1),
        ([LAPTOP], 5, 0, 1),
        ([LAPTOP], 1, 1, 1),
        ([{"CPU": 0.6}], 0.2, 0, 3),
        ([SERVER], 1, 1, 8),
        ([SERVER], 1, 0.07, 112),
        ([SERVER], 1, 0.4, 16),
        ([SERVER], 1, 1 / 3, 24),
        ([SERVER], 1, 0.0333, 192),
        ([SERVER], 24, 0.5, 8),
        ([SERVER], 1, 3, 2),
        ([SERVER, LAPTOP, SERVER], 1, 0.5, 32),
    ],
)
def test_as_many_workers_as_each_node_and_each_gpu_has_room_for(cluster, cpus, gpus, room):
    assert room_for(cluster, cpus, gpus) == room


@pytest.mark.parametrize(
    ("asked", "device", "cluster", "gpus"),
    [
        (None, "auto", [LAPTOP, SERVER], 1),
        (None, "auto", [LAPTOP], 0),
        (None, "cpu", [SERVER], 0),
        (None, "cuda", [LAPTOP], 1),
        (None, "mps", [LAPTOP], 0),
        (0.25, "auto", [SERVER], 0.25),
        (0.0, "auto", [SERVER], 0),
    ],
)
def test_a_worker_gets_a_gpu_where_models_run_on_one(asked, device, cluster, gpus):
    assert gpus_of(asked, device, cluster) == gpus


@pytest.mark.parametrize(
    ("gpus", "is_there", "bounds"),
    [
        (0.07, True, [0.07]),
        (1 / 3, True, [1 / 3]),
        (0.5, False, []),
        (0.0, True, []),
        (1.0, True, []),
        (3.0, True, []),
    ],
)
def test_a_worker_takes_no_more_memory_than_its_share(gpus, is_there, bounds, monkeypatch):
    found = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: is_there)
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", found.append)
    bound_memory(gpus)
    assert found == bounds
