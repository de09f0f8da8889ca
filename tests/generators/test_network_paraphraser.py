from weaklink.generators import load_paraphraser

from .conformance import check_paraphraser


def test_the_packaged_network_conforms():
    check_paraphraser(load_paraphraser())
