"""What strangers may do: servers whose answers become paths, addresses, work without an end."""
