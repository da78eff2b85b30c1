"""The live door: sockets that tell open pages what happened, and carry the signalling of hearings."""
