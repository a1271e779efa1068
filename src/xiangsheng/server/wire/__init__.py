"""What is sent over the wire, in the shapes of the API."""
