"""Live captions: what is said in a hearing, as text that is made outside the forwarding and kept nowhere."""
