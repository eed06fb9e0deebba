"""The untrusted side. It knows the wire and nothing else of ours, and holds nothing worth stealing."""
