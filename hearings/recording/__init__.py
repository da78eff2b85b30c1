"""Recording a hearing: what each participant sends, as it was encoded, in encrypted Matroska files.

In the media process `recording` hands copies of packets to a child and watches it; the child (`writer`) puts
packets in order, joins them to frames, gives them times and writes. `reader` opens what was written. See
ADR 0043.
"""
