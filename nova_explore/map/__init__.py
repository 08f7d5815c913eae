"""Arrays in, arrays out: neighbours, layout, and how far both can be trusted.

Unit vectors of shape (n, d) come in; neighbours (n, k) and coordinates (n, 2) go out with their errors measured.
"""
