"""A lineage as a picture: what is drawn, where it stands, and the page of one model's."""
