"""What other processes do to a store while a test watches."""

from tests.examples import a_campaign, an_outcome
from weaklink.store import open_store


def write(path, first, last, acknowledge):
    """Put outcomes ``first`` to ``last``, and send the number of each once it is stored."""
    with open_store(path) as store:
        store.add_campaign(a_campaign(seed=first))
        for number in range(first, last):
            store.put(numbered(number))
            acknowledge.send(number)
    acknowledge.close()


def numbered(number):
    """Return the outcome of a number, of several pages in the database."""
    return an_outcome(number, original_text=f"{number} fine film " * (50 * (number % 20)))
