"""What is published with retrieval data sets, as lists; one module each."""
