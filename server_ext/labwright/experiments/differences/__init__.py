"""What differs between runs: code, environment, data; their curves and their images at any zoom."""
