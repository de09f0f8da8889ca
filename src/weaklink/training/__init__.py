"""What trains: the networks of the attacks, an encoder for studies, and classifiers."""
